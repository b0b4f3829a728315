import {
  CREDIT_PAUSE_MS,
  exceedsDepth,
  isObject,
  type JsonObject,
  MAX_DEPTH,
  MAX_RECORD_DEPTH,
  openEnvelope,
  parseMessage,
  type RpcError,
  RpcErrorCode,
  type RpcRequest,
  STREAM_CREDITS,
  seal,
} from "@cumulonimbus/protocol";
import { fits, Outbox } from "./outbox.ts";

const IN_FLIGHT = 48;
const MAX_WAITING = 10_000;
const ANSWER_TIMEOUT_MS = 35_000;

/** A call that the host page or the server refused, or that failed. */
export class CallError extends Error {
  override readonly name = "CallError";
  /** The server's word for what happened, such as `conflict` or `quota`, or one of the link's own. */
  readonly code: string;
  /** What else was said of it, such as the permission that is missing. */
  readonly details: JsonObject;

  constructor(code: string, message: string, details: JsonObject = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** A call whose answer comes in pieces. */
export type StreamCall = {
  /** Settles when the stream is over. @throws CallError in the promise. */
  readonly done: Promise<unknown>;
  /** Says that one chunk was used, so that another may come. */
  readonly used: () => void;
  /** Takes the call back; `done` rejects with `cancelled`. */
  readonly cancel: () => void;
};

type Call = {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: CallError) => void;
  readonly onChunk: ((value: unknown) => void) | undefined;
  /** What has come of a result too long for one message. */
  readonly parts: string[];
  /** Whether it occupies one of the places of calls that are answered soon. */
  counted: boolean;
  timer?: ReturnType<typeof setTimeout>;
};

/** What the host page tells by itself, and asks. */
export type LinkListeners = {
  readonly onNotice?: (method: string, params: JsonObject) => void;
  /** Writes what is kept back; the page is about to go. */
  readonly onFlush?: () => Promise<void>;
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
  readonly #listeners: LinkListeners;
  readonly #outbox: Outbox;
  readonly #calls = new Map<number, Call>();
  #inFlight = 0;
  #sent = 0;
  #received = 0;
  #nextId = 1;
  #closed = false;

  constructor(port: MessagePort, launch: string, key: Uint8Array, listeners: LinkListeners = {}) {
    this.#port = port;
    this.#launch = launch;
    this.#key = key;
    this.#listeners = listeners;
    this.#outbox = new Outbox((body, id) => this.#send(body, id));
    port.onmessage = (event) => this.#receive(event.data);
  }

  /** Calls a method of the host page. @throws CallError in the promise. */
  call(method: string, params: object, signal?: AbortSignal): Promise<unknown> {
    const { id, promise } = this.#begin(method, params, undefined);
    if (signal?.aborted) this.#cancel(id);
    else signal?.addEventListener("abort", () => this.#cancel(id), { once: true });
    return promise;
  }

  /** Calls a method whose answer comes in pieces, each told to `onChunk`. */
  stream(method: string, params: object, onChunk: (value: unknown) => void): StreamCall {
    const { id, promise } = this.#begin(method, params, onChunk);
    let unsaid = 0;
    let soon: ReturnType<typeof setTimeout> | undefined;
    const say = () => {
      clearTimeout(soon);
      soon = undefined;
      if (this.#calls.has(id)) this.notify("$/credit", { id, credits: unsaid });
      unsaid = 0;
    };
    return {
      done: promise,
      used: () => {
        // Half of what may come unasked: often enough that nothing waits, seldom enough to be cheap.
        // Sooner or later all the same, so that a slow reader does not count as none.
        if (++unsaid >= STREAM_CREDITS / 2) say();
        else soon ??= setTimeout(say, CREDIT_PAUSE_MS);
      },
      cancel: () => this.#cancel(id),
    };
  }

  /** Tells the host page something. What is too long or too much is dropped. */
  notify(method: string, params: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", method, params });
    if (this.#closed || !fits(body) || this.#outbox.length >= MAX_WAITING) return;
    // Words about calls must not wait behind calls.
    this.#outbox.push(body, undefined, method.startsWith("$/"));
  }

  /** Sends what waits at once: the page is about to go. */
  flush(): void {
    this.#outbox.flush();
  }

  #begin(
    method: string,
    params: object,
    onChunk: Call["onChunk"],
  ): { id: number; promise: Promise<unknown> } {
    const id = this.#nextId++;
    const promise = new Promise<unknown>((resolve, reject) => {
      // What cannot be sent throws here, and so rejects.
      const body = textOf({ jsonrpc: "2.0", id, method, params });
      if (this.#closed) reject(new CallError("closed", "The app is no longer connected."));
      else if (this.#outbox.length >= MAX_WAITING) {
        reject(new CallError("busy", `${MAX_WAITING} calls are waiting already.`));
      } else {
        // Streams have places of their own.
        this.#calls.set(id, {
          resolve,
          reject,
          onChunk,
          parts: [],
          counted: onChunk === undefined,
        });
        this.#outbox.push(body, id);
      }
    });
    return { id, promise };
  }

  #send(body: string, id: number | undefined): boolean {
    const call = id === undefined ? undefined : this.#calls.get(id);
    // Taken back while it waited.
    if (id !== undefined && call === undefined) return true;
    if (id !== undefined && call?.counted) {
      // An answer makes the outbox try again.
      if (this.#inFlight >= IN_FLIGHT) return false;
      this.#inFlight++;
      call.timer = setTimeout(() => {
        this.#settle(id, { code: RpcErrorCode.timeout, message: "No answer came within 35 s." });
      }, ANSWER_TIMEOUT_MS);
    }
    this.#port.postMessage(seal(this.#key, this.#launch, "frame", ++this.#sent, body));
    return true;
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
    else if (message.kind === "notification") this.#told(message.method, message.params);
    else if (message.kind === "response" && typeof message.id === "number") {
      if ("error" in message) this.#settle(message.id, message.error);
      else this.#succeeded(message.id, message.result);
    }
  }

  #told(method: string, params: JsonObject): void {
    const call = typeof params.id === "number" ? this.#calls.get(params.id) : undefined;
    if (method === "$/chunk") call?.onChunk?.(params.value);
    else if (method === "$/part") call?.parts.push(String(params.text));
    else if (method === "$/hold") {
      // The person is being asked, which takes as long as it takes.
      if (call) this.#release(call);
      this.#outbox.pump();
    } else this.#listeners.onNotice?.(method, params);
  }

  #answer({ id, method }: RpcRequest): void {
    const reply = (answer: object) =>
      this.#outbox.push(JSON.stringify({ jsonrpc: "2.0", id, ...answer }), undefined, true);
    if (method === "ping") reply({ result: null });
    else if (method === "flush") {
      // What was written goes out first, then the word that it did.
      const flushed = this.#listeners.onFlush?.() ?? Promise.resolve();
      void flushed.catch(() => {}).then(() => reply({ result: null }));
    } else {
      const message = `There is no \`${method}\`.`;
      reply({ error: { code: RpcErrorCode.methodNotFound, message } });
    }
  }

  #cancel(id: number): void {
    if (!this.#calls.has(id)) return;
    this.#settle(id, { code: RpcErrorCode.cancelled, message: "The call was cancelled." });
    this.notify("$/cancel", { id });
  }

  /** A result that did not fit into one message came before it, in parts. */
  #succeeded(id: number, result: unknown): void {
    const parts = this.#calls.get(id)?.parts ?? [];
    this.#settle(id, undefined, parts.length === 0 ? result : JSON.parse(parts.join("")));
  }

  #settle(id: number, error: RpcError | undefined, result?: unknown): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    this.#calls.delete(id);
    this.#release(call);
    if (error === undefined) call.resolve(result);
    else call.reject(new CallError(codeOf(error), error.message, detailsOf(error)));
    this.#outbox.pump();
  }

  /** Gives a call's place to another. */
  #release(call: Call): void {
    // Only one that was sent has a timer.
    if (call.timer !== undefined) this.#inFlight--;
    clearTimeout(call.timer);
    delete call.timer;
    call.counted = false;
  }

  #close(): void {
    this.#closed = true;
    this.#port.close();
    this.#outbox.drop();
    for (const call of this.#calls.values()) {
      clearTimeout(call.timer);
      call.reject(new CallError("closed", "The app is no longer connected."));
    }
    this.#calls.clear();
  }
}

/** A call's text. @throws CallError if no message can carry it. */
function textOf(call: object): string {
  let body: string;
  try {
    body = JSON.stringify(call);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CallError("bad-call", `What a call carries must be JSON: ${why}`);
  }
  if (!fits(body)) throw new CallError("too-large", "One call can carry at most 1 MB.");
  // The host page counts it as a broken rule, and answers without knowing to whom.
  if (exceedsDepth(body, MAX_DEPTH)) {
    throw new CallError(
      "too-large",
      `What a call carries is nested too deep: a record can be ${MAX_RECORD_DEPTH} deep.`,
    );
  }
  return body;
}

function detailsOf({ data }: RpcError): JsonObject {
  return isObject(data) ? data : {};
}

function codeOf(error: RpcError): string {
  const { code } = detailsOf(error);
  if (typeof code === "string") return code;
  const names: Record<number, string> = {
    [RpcErrorCode.permission]: "permission-needed",
    [RpcErrorCode.busy]: "busy",
    [RpcErrorCode.rate]: "busy",
    [RpcErrorCode.tooLarge]: "too-large",
    [RpcErrorCode.timeout]: "timeout",
    [RpcErrorCode.closed]: "closed",
    [RpcErrorCode.cancelled]: "cancelled",
    [RpcErrorCode.invalidParams]: "bad-call",
    [RpcErrorCode.methodNotFound]: "unknown-method",
  };
  return names[error.code] ?? "failed";
}
