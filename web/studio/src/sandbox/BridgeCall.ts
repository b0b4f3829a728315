import { type Carrier, isObject, type RpcError, RpcErrorCode } from "@cumulonimbus/protocol";
import { text } from "../text.ts";
import { ServerError } from "./request.ts";

/** One call of the frame while it is on its way. */
export class BridgeCall {
  readonly carrier: Carrier;
  readonly #controller = new AbortController();
  readonly #on: { readonly chunk: (value: unknown) => void; readonly held: () => void };
  #credits: number;
  #held = false;
  readonly #onCredit = new Set<() => void>();

  constructor(
    carrier: Carrier,
    credits: number,
    on: { readonly chunk: (value: unknown) => void; readonly held: () => void },
  ) {
    this.carrier = carrier;
    this.#credits = credits;
    this.#on = on;
  }

  /** Aborts when the frame takes the call back or is taken away. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the frame has asked for another chunk. */
  get ready(): boolean {
    return this.#credits > 0;
  }

  /** The call waits for the person now, and has no time limit any more. */
  hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#on.held();
  }

  /**
   * Sends a chunk, as soon as the frame has asked for one. Rejects when the call is over, or with
   * `Unread` when the frame has not asked for `patienceMs`.
   */
  async send(value: unknown, patienceMs?: number): Promise<void> {
    let unread = false;
    const timer =
      patienceMs !== undefined && this.#credits === 0
        ? setTimeout(() => {
            unread = true;
            this.#wake();
          }, patienceMs)
        : undefined;
    while (this.#credits === 0 && !this.signal.aborted && !unread) {
      await new Promise<void>((resolve) => this.#onCredit.add(resolve));
    }
    clearTimeout(timer);
    this.signal.throwIfAborted();
    if (this.#credits === 0) throw new Unread();
    this.#credits--;
    this.#on.chunk(value);
  }

  /** The frame asks for more chunks; false if it is too many. */
  credit(credits: number, most: number): boolean {
    if (this.#credits + credits > most) return false;
    this.#credits += credits;
    this.#wake();
    return true;
  }

  abort(): void {
    this.#controller.abort();
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#onCredit) resolve();
    this.#onCredit.clear();
  }
}

/** A call that the host page refuses by itself. */
export class Refused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Nobody has taken a stream's pieces for too long. */
export class Unread extends Error {
  constructor() {
    super(text.sandbox.unread);
  }
}

/** What the frame is told of a failure. */
export function rpcErrorOf(error: unknown): RpcError {
  if (error instanceof Refused) return { code: error.code, message: error.message };
  if (error instanceof Unread) {
    return { code: RpcErrorCode.server, message: error.message, data: { code: "unread" } };
  }
  if (!(error instanceof ServerError)) {
    return { code: RpcErrorCode.server, message: "The call failed.", data: { code: "failed" } };
  }
  const { code, message, details } = error;
  const data = { ...(isObject(details) && details), code };
  const needed = code === "permission-needed";
  return { code: needed ? RpcErrorCode.permission : RpcErrorCode.server, message, data };
}
