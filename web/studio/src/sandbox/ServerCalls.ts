import type { JsonObject } from "@cumulonimbus/protocol";
import { text } from "../text.ts";
import { type Launch, type LaunchPermissions, renewLaunch, revokeLaunch } from "./launch.ts";
import { type Refusal, refusal, request, requestEvents, ServerError } from "./request.ts";

/** A call about data that the server has not carried out. */
export type DataCall = { readonly method: string; readonly params: JsonObject };

// What changes data, and is worth sending again when the launch ended before it came.
const WRITES: ReadonlySet<string> = new Set([
  "data.create",
  "data.update",
  "data.delete",
  "storage.set",
  "storage.remove",
  "storage.patch",
  "storage.clear",
]);
// A browser has six connections to one host for all its windows.
const AT_A_TIME = 2;

/** The calls of one launched app, with the launch's token, which is renewed when it ends. */
export class ServerCalls {
  readonly #appId: string;
  #token: string;
  #last: Promise<unknown> = Promise.resolve();
  #hurried = signalOnce();
  #renewal: Promise<LaunchPermissions | undefined> | undefined;
  #next: Promise<LaunchPermissions | undefined> | undefined;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];
  readonly #unsaved: DataCall[];

  /** Writes that came after the launch had ended are added to `unsaved`, in their order. */
  constructor({ appId, token }: Pick<Launch, "appId" | "token">, unsaved: DataCall[] = []) {
    this.#appId = appId;
    this.#token = token;
    this.#unsaved = unsaved;
  }

  /**
   * Passes a call on. Those about data go one after another in the order in which they came, so
   * that an app reads what it has written; others do not hold them up. @throws ServerError
   */
  call(method: string, params: JsonObject, signal: AbortSignal): Promise<unknown> {
    if (!/^(?:data|storage)\./.test(method)) return this.#beside(method, params, signal);
    const turn = Promise.race([this.#last, this.#hurried.promise])
      .then(() => this.#send(method, params, signal))
      .catch((error: unknown) => {
        const over = error instanceof ServerError && error.code === "ended";
        if (over && WRITES.has(method)) this.#unsaved.push({ method, params });
        throw error;
      });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** The events of a stream. @throws ServerError */
  async *events(
    path: string,
    options: {
      readonly body?: object;
      readonly signal: AbortSignal;
      readonly onOpen?: () => void;
    },
  ): AsyncGenerator<unknown, void> {
    const open = () =>
      requestEvents(path, {
        method: options.body ? "POST" : "GET",
        ...options,
        authorization: `Bearer ${this.#token}`,
      });
    let events = open();
    // A refusal comes before the first event.
    const first = await events.next().catch(async (error: unknown) => {
      await this.#renewFor(error);
      events = open();
      return events.next();
    });
    if (first.done) return;
    yield first.value;
    yield* events;
  }

  /** The model's answer: its pieces, and what it took. @throws ServerError */
  async complete(
    params: JsonObject,
    signal: AbortSignal,
    onPiece: (piece: string) => Promise<void>,
  ): Promise<{ usage: unknown }> {
    for await (const event of this.events("/api/sandbox/ai", { body: params, signal })) {
      const { type, content, usage, ...error } = event as {
        type: string;
        content?: string;
        usage?: unknown;
      } & Refusal;
      if (type === "text" && content) await onPiece(content);
      if (type === "done") return { usage };
      if (type === "error") throw refusal(502, error);
    }
    throw new ServerError(0, "cut", text.sandbox.cut);
  }

  /** Gets a token with what the person allows by now, and says what that is. @throws ServerError */
  permissions(): Promise<LaunchPermissions | undefined> {
    // A renewal that is on its way may have left before they decided.
    const before = this.#renewal?.catch(() => {}) ?? Promise.resolve();
    this.#next ??= before.then(() => {
      this.#next = undefined;
      return this.#renew();
    });
    return this.#next;
  }

  #renew(): Promise<LaunchPermissions | undefined> {
    this.#renewal ??= renewLaunch(this.#appId, this.#token)
      .then(
        ({ token, permissions }) => {
          this.#token = token;
          return permissions;
        },
        (error: unknown) => {
          const refused = error instanceof ServerError && error.status >= 400 && error.status < 500;
          if (!refused) throw error;
          // Where the server names the cause, that is what the person should read.
          throw error.code === "launch-revoked" ? ended(error.message) : ended(text.sandbox.ended);
        },
      )
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }

  /** Settles when every call about data so far is answered. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** The page is about to go: what waits and what comes from now on is sent without waiting. */
  hurry(): void {
    this.#hurried.resolve();
  }

  /** The page stays after all. */
  calm(): void {
    this.#hurried = signalOnce();
  }

  /** Tells the server that the launch is over. */
  revoke(): void {
    // Best effort: without it the token ends by itself within ten minutes.
    this.#last.then(() => revokeLaunch(this.#appId, this.#token)).catch(() => {});
  }

  async #beside(method: string, params: JsonObject, signal: AbortSignal): Promise<unknown> {
    if (this.#busy >= AT_A_TIME) await new Promise<void>((go) => this.#waiting.push(go));
    this.#busy++;
    try {
      return await this.#send(method, params, signal);
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  async #send(method: string, params: JsonObject, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    try {
      return await this.#once(method, params, signal);
    } catch (error) {
      await this.#renewFor(error);
    }
    return this.#once(method, params, signal);
  }

  async #once(method: string, params: JsonObject, signal: AbortSignal): Promise<unknown> {
    const authorization = `Bearer ${this.#token}`;
    const body = { method, params };
    const answer = await request("/api/sandbox/call", { body, signal, authorization });
    const { result, error } = answer as { result?: unknown; error?: Refusal };
    if (error) throw refusal(200, error);
    return result ?? null;
  }

  /** A token lasts ten minutes and an app stays open for longer. Throws what renewing cannot mend. */
  async #renewFor(error: unknown): Promise<void> {
    if (!(error instanceof ServerError && error.status === 401)) throw error;
    if (error.code === "launch-revoked") throw ended(error.message);
    await this.#renew();
  }
}

function ended(message: string): ServerError {
  return new ServerError(401, "ended", message);
}

function signalOnce(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
