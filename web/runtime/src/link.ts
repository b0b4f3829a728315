import {
  MAX_CALL_BYTES,
  MAX_MESSAGE_CHARS,
  openEnvelope,
  parseMessage,
  type RpcError,
  RpcErrorCode,
  type RpcMessage,
  seal,
  TokenBucket,
  utf8Length,
} from "@cumulonimbus/protocol";

// A little below what the host page allows, so that clocks that differ break no rule.
const RATE = { perSecond: 80, burst: 150 };
const VOLUME = { perSecond: 3 * 1024 * 1024, burst: 6 * 1024 * 1024 };
const IN_FLIGHT = 48;
const MAX_WAITING = 10_000;
const ANSWER_TIMEOUT_MS = 35_000;
const ENVELOPE_CHARS = 128;

/** A call that the host page or the server refused, or that failed. */
export class CallError extends Error {
  override readonly name = "CallError";
  /** The server's word for what happened, such as `conflict` or `quota`, or one of the link's own. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Waiting = {
  readonly body: string;
  readonly id: number | undefined;
};
type Call = {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CallError) => void;
  timer?: ReturnType<typeof setTimeout>;
};

/**
 * The frame's end of the bridge: signs, numbers and paces what it sends, in order.
 *
 * A call waits in a queue while the host's limits are reached; it is never dropped silently.
 */
export class HostLink {
  readonly #port: MessagePort;
  readonly #launch: string;
  readonly #key: Uint8Array;
  readonly #rate = new TokenBucket(RATE, performance.now());
  readonly #volume = new TokenBucket(VOLUME, performance.now());
  readonly #queue: Waiting[] = [];
  readonly #calls = new Map<number, Call>();
  #inFlight = 0;
  #sent = 0;
  #received = 0;
  #nextId = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(port: MessagePort, launch: string, key: Uint8Array) {
    this.#port = port;
    this.#launch = launch;
    this.#key = key;
    port.onmessage = (event) => this.#receive(event.data);
  }

  /** Calls a method of the host page. @throws CallError in the promise. */
  call(method: string, params: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      const body = JSON.stringify({ jsonrpc: "2.0", id, method, params });
      if (this.#closed) reject(new CallError("closed", "The app is no longer connected."));
      else if (!fits(body)) reject(new CallError("too-large", "One call can carry at most 1 MB."));
      else if (this.#queue.length >= MAX_WAITING) {
        reject(new CallError("busy", `${MAX_WAITING} calls are waiting already.`));
      } else {
        this.#calls.set(id, { resolve, reject });
        this.#queue.push({ body, id });
        this.#pump();
      }
    });
  }

  /** Tells the host page something. What is too long or too much is dropped. */
  notify(method: string, params: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", method, params });
    if (this.#closed || !fits(body) || this.#queue.length >= MAX_WAITING) return;
    this.#queue.push({ body, id: undefined });
    this.#pump();
  }

  /** Sends what waits at once: the page is about to go. */
  flush(): void {
    while (this.#queue.length > 0) this.#send(this.#queue.shift() as Waiting);
  }

  #pump(): void {
    if (this.#timer !== undefined) return;
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined) return;
      // An answer calls this again.
      if (next.id !== undefined && this.#inFlight >= IN_FLIGHT) return;
      const now = performance.now();
      const cost = next.body.length + ENVELOPE_CHARS;
      const wait = Math.max(this.#rate.wait(now), this.#volume.wait(now, cost));
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.#pump();
        }, wait);
        return;
      }
      this.#rate.take(now);
      this.#volume.take(now, cost);
      this.#queue.shift();
      this.#send(next);
    }
  }

  #send({ body, id }: Waiting): void {
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (id !== undefined && call !== undefined) {
      this.#inFlight++;
      call.timer = setTimeout(() => {
        this.#settle(id, { code: RpcErrorCode.timeout, message: "No answer came within 35 s." });
      }, ANSWER_TIMEOUT_MS);
    }
    this.#port.postMessage(seal(this.#key, this.#launch, "frame", ++this.#sent, body));
  }

  #receive(data: unknown): void {
    if (typeof data !== "string") {
      this.#close();
      return;
    }
    const opened = openEnvelope(this.#key, this.#launch, "host", ++this.#received, data);
    if (!opened.ok) {
      this.#close();
      return;
    }
    const message = parseMessage(opened.body);
    if (message.kind === "request") this.#answer(message);
    if (message.kind !== "response" || typeof message.id !== "number") return;
    if ("error" in message) this.#settle(message.id, message.error);
    else this.#settle(message.id, undefined, message.result);
  }

  #answer({ id, method }: Extract<RpcMessage, { kind: "request" }>): void {
    // The one thing that the host page asks is whether the frame still runs.
    const answer =
      method === "ping"
        ? { result: null }
        : { error: { code: RpcErrorCode.methodNotFound, message: `There is no \`${method}\`.` } };
    this.#queue.unshift({ body: JSON.stringify({ jsonrpc: "2.0", id, ...answer }), id: undefined });
    this.#pump();
  }

  #settle(id: number, error: RpcError | undefined, result?: unknown): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    this.#inFlight--;
    clearTimeout(call.timer);
    if (error === undefined) call.resolve(result);
    else call.reject(new CallError(codeOf(error), error.message));
    this.#pump();
  }

  #close(): void {
    this.#closed = true;
    this.#port.close();
    clearTimeout(this.#timer);
    for (const call of this.#calls.values()) {
      clearTimeout(call.timer);
      call.reject(new CallError("closed", "The app is no longer connected."));
    }
    this.#calls.clear();
    this.#queue.length = 0;
  }
}

function fits(body: string): boolean {
  if (body.length + ENVELOPE_CHARS > MAX_MESSAGE_CHARS) return false;
  return body.length * 3 <= MAX_CALL_BYTES || utf8Length(body) <= MAX_CALL_BYTES;
}

function codeOf({ code, data }: RpcError): string {
  if (
    typeof data === "object" &&
    data !== null &&
    "code" in data &&
    typeof data.code === "string"
  ) {
    return data.code;
  }
  const names: Record<number, string> = {
    [RpcErrorCode.busy]: "busy",
    [RpcErrorCode.rate]: "busy",
    [RpcErrorCode.tooLarge]: "too-large",
    [RpcErrorCode.timeout]: "timeout",
    [RpcErrorCode.closed]: "closed",
    [RpcErrorCode.methodNotFound]: "unknown-method",
  };
  return names[code] ?? "failed";
}
