// The host page's end of the bridge to an app's frame. What comes from the frame is hostile until
// it has passed every check here; docs/bridge.md describes them.
import {
  type AppStateReport,
  CALL_TIMEOUT_MS,
  type Carrier,
  type ConsoleLine,
  callIdOf,
  carrierOf,
  type ErrorReport,
  exceedsDepth,
  HELLO_TIMEOUT_MS,
  type Init,
  type JsonObject,
  LOAD_TIMEOUT_MS,
  MAX_CREDITS,
  MAX_DEPTH,
  MAX_IN_FLIGHT,
  MAX_MESSAGE_CHARS,
  MAX_QUESTIONS,
  MAX_STREAMS,
  MAX_VIOLATIONS,
  MESSAGE_RATE,
  openEnvelope,
  type PermissionState,
  PROTOCOL_VERSION,
  parseMessage,
  type RpcError,
  RpcErrorCode,
  type RpcRequest,
  type RpcResponse,
  randomKey,
  readAppState,
  readConsoleLine,
  readErrorReport,
  readHello,
  STREAM_CREDITS,
  type StorageArea,
  seal,
  sequenceOf,
  TokenBucket,
  toHex,
  type User,
  VOLUME_RATE,
} from "@cumulonimbus/protocol";
import { text } from "../text.ts";
import { BridgeCall, rpcErrorOf } from "./BridgeCall.ts";
import { Outgoing } from "./Outgoing.ts";

/** Why a bridge was closed from this side. */
export type Cause = keyof typeof text.sandbox.closed;

/** What a bridge is made from. */
export type BridgeOptions = {
  /** The page's window, whose message events are listened to. */
  readonly host: Pick<Window, "addEventListener" | "removeEventListener">;
  /** The frame's window at this moment. */
  readonly frame: () => MessageEventSource | null;
  /** The launch that the frame must name. */
  readonly launch: string;
  /** What the frame's storage starts with. */
  readonly storage: { readonly local: StorageArea };
  readonly user: User | null;
  readonly permissions: PermissionState;
  /** Carries calls out, each kind in its way. Rejects with a `ServerError`. */
  readonly carry: {
    readonly [carrier in Carrier]: (
      method: string,
      params: JsonObject,
      call: BridgeCall,
    ) => Promise<unknown>;
  };
  readonly onState: (report: AppStateReport) => void;
  readonly onError: (report: ErrorReport) => void;
  readonly onConsole: (line: ConsoleLine) => void;
  /** The frame has not answered for some seconds, or answers again. */
  readonly onHung: (hung: boolean) => void;
  /** The bridge has been closed because of what the frame did; the frame must be removed. */
  readonly onClosed: (cause: Cause) => void;
};

const WATCH_MS = 1_000;
// A busy machine may keep an app from answering for some seconds, and one that wakes up fires a
// late tick before the frame could answer.
const MISSED_TICKS = 5;

/** The bridge to one frame, from its first load to its removal. */
export class SandboxBridge {
  readonly #options: BridgeOptions;
  readonly #key = randomKey();
  readonly #rate = new TokenBucket(MESSAGE_RATE, performance.now());
  readonly #volume = new TokenBucket(VOLUME_RATE, performance.now());
  readonly #calls = new Map<number | string, BridgeCall>();
  readonly #notifications: ReadonlyMap<string, (params: JsonObject) => boolean>;
  #phase: "waiting" | "open" | "closed" = "waiting";
  readonly #outgoing = new Outgoing((body) => {
    this.#port?.postMessage(seal(this.#key, this.#options.launch, "host", ++this.#sent, body));
  });
  #port: MessagePort | undefined;
  #loads = 0;
  #sent = 0;
  #received = 0;
  #violations = 0;
  #asked = 0;
  #ping: number | undefined;
  #unanswered = 0;
  #onFlushed: { readonly id: number; readonly done: () => void } | undefined;
  #hung = false;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#notifications = new Map([
      ["app.state", (params) => tell(readAppState(params), options.onState)],
      ["error.report", (params) => tell(readErrorReport(params), options.onError)],
      ["console", (params) => tell(readConsoleLine(params), options.onConsole)],
      ["$/cancel", (params) => this.#cancel(params)],
      ["$/credit", (params) => this.#credit(params)],
    ]);
    options.host.addEventListener("message", this.#onWindowMessage);
    this.#deadline = setTimeout(() => this.#close("notLoaded"), LOAD_TIMEOUT_MS);
  }

  /** Whether the frame has said hello. */
  get opened(): boolean {
    return this.#phase === "open";
  }

  /** To be called on each of the frame's `load` events. */
  frameLoaded(): void {
    if (this.#phase === "closed") return;
    if (++this.#loads > 1) {
      this.#close("navigated");
    } else if (this.#phase === "waiting") {
      clearTimeout(this.#deadline);
      this.#deadline = setTimeout(() => this.#close("silent"), HELLO_TIMEOUT_MS);
    }
  }

  /** Tells the frame what is allowed now. */
  permissionsChanged(permissions: PermissionState): void {
    this.#send({ method: "permission.changed", params: permissions });
  }

  /** Has the frame send what it keeps back. Settles when it has, or after `patienceMs`. */
  async flush(patienceMs: number): Promise<void> {
    if (this.#phase !== "open" || this.#hung) return;
    const id = ++this.#asked;
    await new Promise<void>((done) => {
      this.#onFlushed = { id, done };
      setTimeout(done, patienceMs);
      this.#send({ id, method: "flush" });
    });
  }

  /**
   * Ends the bridge without a cause: the frame is being taken away. Calls of the server on their
   * way go on; streams and questions end.
   */
  close(): void {
    this.#phase = "closed";
    this.#onFlushed?.done();
    for (const call of this.#calls.values()) if (call.carrier !== "server") call.abort();
    this.#options.host.removeEventListener("message", this.#onWindowMessage);
    clearTimeout(this.#deadline);
    clearInterval(this.#watch);
    this.#outgoing.drop();
    this.#port?.close();
  }

  #close(cause: Cause): void {
    if (this.#phase === "closed") return;
    this.close();
    for (const call of this.#calls.values()) call.abort();
    this.#calls.clear();
    this.#options.onClosed(cause);
  }

  readonly #onWindowMessage = (event: Event): void => {
    const { source, origin, data, ports } = event as MessageEvent;
    if (source === null || source !== this.#options.frame() || origin !== "null") return;
    const hello = readHello(data);
    const [port] = ports;
    if (hello?.launch !== this.#options.launch || ports.length !== 1 || !port) return;
    if (this.#phase === "waiting") this.#open(port);
    else this.#close("helloTwice");
  };

  #open(port: MessagePort): void {
    this.#phase = "open";
    clearTimeout(this.#deadline);
    this.#port = port;
    port.onmessage = ({ data }) => this.#receive(data);
    const init: Init = {
      v: PROTOCOL_VERSION,
      key: toHex(this.#key),
      storage: this.#options.storage,
      user: this.#options.user,
      permissions: this.#options.permissions,
    };
    port.postMessage(JSON.stringify(init));
    this.#watch = setInterval(() => this.#tick(), WATCH_MS);
  }

  /** The checks in their order: type, length, rate, signature and number, depth, form, method. */
  #receive(data: unknown): void {
    if (this.#phase !== "open") return;
    if (typeof data !== "string") {
      this.#violation(RpcErrorCode.invalidRequest, "A message must be a string.");
      return;
    }
    if (data.length > MAX_MESSAGE_CHARS) {
      this.#skip(data);
      this.#violation(RpcErrorCode.tooLarge, "A message can have at most 1 MiB.", data);
      return;
    }
    const now = performance.now();
    if (!this.#rate.take(now) || !this.#volume.take(now, data.length)) {
      this.#skip(data);
      this.#violation(RpcErrorCode.rate, "Too many messages came in a second.", data);
      return;
    }
    const opened = openEnvelope(this.#key, this.#options.launch, "frame", this.#received + 1, data);
    if (!opened.ok) {
      this.#close("signature");
      return;
    }
    this.#received++;
    if (exceedsDepth(opened.body, MAX_DEPTH)) {
      this.#violation(RpcErrorCode.tooLarge, `A message can be nested ${MAX_DEPTH} deep.`, data);
      return;
    }
    const message = parseMessage(opened.body);
    if (message.kind === "unreadable") {
      this.#violation(message.error.code, message.error.message, data);
    } else if (message.kind === "response") this.#answered(message);
    else if (message.kind === "request") this.#request(message);
    else this.#notify(message.method, message.params);
  }

  /** A message that is not read counts all the same, so that the next one is not out of order. */
  #skip(data: string): void {
    if (sequenceOf(data) === this.#received + 1) this.#received++;
  }

  #notify(method: string, params: JsonObject): void {
    const handled = this.#notifications.get(method)?.(params);
    if (handled === false) {
      this.#violation(RpcErrorCode.invalidParams, `The parameters of \`${method}\` are malformed.`);
    }
  }

  #request({ id, method, params }: RpcRequest): void {
    const carrier = carrierOf(method);
    if (carrier === undefined) {
      this.#fail(id, RpcErrorCode.methodNotFound, "There is no such method.");
    } else if (this.#calls.has(id)) {
      this.#violation(RpcErrorCode.invalidRequest, "The `id` is in use.");
    } else if (!this.#hasRoom(carrier)) {
      this.#fail(id, RpcErrorCode.busy, "Too many calls of this kind are unanswered.");
    } else {
      void this.#carryOut(id, carrier, method, params);
    }
  }

  #hasRoom(carrier: Carrier): boolean {
    const most = { server: MAX_IN_FLIGHT, stream: MAX_STREAMS, person: MAX_QUESTIONS }[carrier];
    let same = 0;
    for (const call of this.#calls.values()) if (call.carrier === carrier) same++;
    return same < most;
  }

  async #carryOut(
    id: number | string,
    carrier: Carrier,
    method: string,
    params: JsonObject,
  ): Promise<void> {
    const call = new BridgeCall(carrier, STREAM_CREDITS, {
      chunk: (value) => {
        if (this.#send({ method: "$/chunk", params: { id, value } })) return;
        this.#calls.delete(id);
        call.abort();
        this.#fail(id, RpcErrorCode.tooLarge, text.sandbox.tooLong);
      },
      held: () => {
        clearTimeout(timer);
        this.#send({ method: "$/hold", params: { id } });
      },
    });
    this.#calls.set(id, call);
    const timer = setTimeout(() => {
      this.#calls.delete(id);
      call.abort();
      this.#fail(id, RpcErrorCode.timeout, text.sandbox.timeout);
    }, CALL_TIMEOUT_MS);
    if (carrier === "stream") clearTimeout(timer);
    if (carrier === "person") call.hold();
    let answer: { readonly result: unknown } | { readonly error: RpcError };
    try {
      answer = { result: await this.#options.carry[carrier](method, params, call) };
    } catch (error) {
      answer = { error: rpcErrorOf(error) };
    }
    clearTimeout(timer);
    // One that timed out or was taken back is over.
    if (this.#calls.get(id) !== call) return;
    this.#calls.delete(id);
    if (this.#phase !== "open") return;
    if ("error" in answer) this.#send({ id, ...answer });
    else if (!this.#outgoing.result(id, answer.result)) {
      this.#fail(id, RpcErrorCode.tooLarge, text.sandbox.tooLong);
    }
  }

  /** The frame takes a call back. One that is not on its way, or never was, is nobody's. */
  #cancel({ id }: JsonObject): boolean {
    if (typeof id !== "number" && typeof id !== "string") return false;
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.abort();
    return true;
  }

  #credit({ id, credits }: JsonObject): boolean {
    if (typeof id !== "number" && typeof id !== "string") return false;
    if (!Number.isSafeInteger(credits) || (credits as number) < 1) return false;
    return this.#calls.get(id)?.credit(credits as number, MAX_CREDITS) ?? true;
  }

  #answered({ id }: RpcResponse): void {
    if (id === this.#onFlushed?.id) this.#onFlushed?.done();
    if (id !== this.#ping) return;
    this.#unanswered = 0;
    this.#setHung(false);
  }

  #tick(): void {
    if (this.#unanswered > 0) {
      if (++this.#unanswered > MISSED_TICKS) this.#setHung(true);
      return;
    }
    this.#unanswered = 1;
    this.#ping = ++this.#asked;
    this.#send({ id: this.#ping, method: "ping" });
  }

  #setHung(hung: boolean): void {
    if (this.#hung === hung) return;
    this.#hung = hung;
    this.#options.onHung(hung);
  }

  /** `data` is the message that broke a rule: its call is told, if it can be seen which. */
  #violation(code: number, message: string, data = ""): void {
    if (++this.#violations >= MAX_VIOLATIONS) {
      this.#close("violations");
      return;
    }
    const id = callIdOf(data);
    // Another call that is on its way under this number is not over.
    this.#fail(id === undefined || this.#calls.has(id) ? null : id, code, message);
  }

  #fail(id: number | string | null, code: number, message: string): void {
    this.#send({ id, error: { code, message } });
  }

  /** False if the message is too long. */
  #send(message: object): boolean {
    return this.#phase !== "open" || this.#outgoing.send(message);
  }
}

function tell<T>(value: T | undefined, listener: (value: T) => void): boolean {
  if (value === undefined) return false;
  listener(value);
  return true;
}
