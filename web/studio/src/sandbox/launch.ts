// Starting an app, and the calls that its frame may make of the server.
import type { StorageArea } from "@cumulonimbus/protocol";
import { sandboxText } from "./text.ts";

/** A started app: what the frame loads, and the token that speaks for it. */
export type Launch = {
  readonly appId: string;
  readonly versionId: string;
  /** The frame's address: good once, for 30 s. */
  readonly url: string;
  readonly launch: string;
  readonly token: string;
  readonly storage: { readonly local: StorageArea };
};

/** A refusal by the server, or no answer from it (`status` 0). */
export class ServerError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ServerError";
    this.status = status;
    this.code = code;
  }
}

/** Starts an app's head, or one of its versions. @throws ServerError */
export async function launchApp(
  appId: string,
  versionId: string | undefined,
  signal: AbortSignal,
): Promise<Launch> {
  const path = `/api/apps/${encodeURIComponent(appId)}/launch`;
  return (await post(path, versionId === undefined ? {} : { versionId }, { signal })) as Launch;
}

/**
 * The calls of one launched app, sent one after another in the order in which they came, so that an
 * app reads what it has written.
 */
export class ServerCalls {
  readonly #appId: string;
  #token: string;
  #last: Promise<unknown> = Promise.resolve();
  #hurried = signalOnce();
  #renewal: Promise<void> | undefined;

  constructor({ appId, token }: Launch) {
    this.#appId = appId;
    this.#token = token;
  }

  /** Passes a call on once those before it are answered. @throws ServerError in the promise. */
  call(method: string, params: object, signal: AbortSignal): Promise<unknown> {
    const turn = Promise.race([this.#last, this.#hurried.promise]).then(() =>
      this.#send(method, params, signal),
    );
    this.#last = turn.catch(() => {});
    return turn;
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
    const path = `/api/apps/${encodeURIComponent(this.#appId)}/launch/revoke`;
    const done = () => post(path, { token: this.#token }, {});
    // Best effort: without it the token ends by itself within ten minutes.
    this.#last.then(done).catch(() => {});
  }

  async #send(method: string, params: object, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    try {
      return await this.#once(method, params, signal);
    } catch (error) {
      if (!(error instanceof ServerError && error.status === 401)) throw error;
    }
    // A token lasts ten minutes and an app stays open for longer.
    await this.#renew();
    return this.#once(method, params, signal);
  }

  async #once(method: string, params: object, signal: AbortSignal): Promise<unknown> {
    const authorization = `Bearer ${this.#token}`;
    const answer = await post("/api/sandbox/call", { method, params }, { signal, authorization });
    return (answer as { result?: unknown }).result ?? null;
  }

  #renew(): Promise<void> {
    const path = `/api/apps/${encodeURIComponent(this.#appId)}/launch/renew`;
    this.#renewal ??= post(path, { token: this.#token }, {})
      .then(
        (answer) => {
          this.#token = (answer as { token: string }).token;
        },
        (error: unknown) => {
          const refused = error instanceof ServerError && error.status >= 400 && error.status < 500;
          throw refused ? new ServerError(401, "ended", sandboxText.ended) : error;
        },
      )
      .finally(() => {
        this.#renewal = undefined;
      });
    return this.#renewal;
  }
}

function signalOnce(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

// Browsers allow requests that outlive their page 64 KiB altogether.
const KEEPALIVE_CHARS = 8 * 1024;

type Options = {
  readonly signal?: AbortSignal;
  readonly authorization?: string;
};

async function post(path: string, body: object, options: Options): Promise<unknown> {
  const { signal, authorization } = options;
  const text = JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: {
        Accept: "application/json",
        "Content-Type": "application/json",
        "X-Cumulonimbus": "1",
        ...(authorization && { Authorization: authorization }),
      },
      credentials: "same-origin",
      cache: "no-store",
      body: text,
      keepalive: text.length <= KEEPALIVE_CHARS,
      ...(signal && { signal }),
    });
  } catch {
    signal?.throwIfAborted();
    throw new ServerError(0, "unreachable", sandboxText.unreachable);
  }
  const answer = await response.json().catch(() => undefined);
  const { error } = (answer ?? {}) as { error?: Refusal };
  if (response.ok && !error) return answer ?? {};
  throw new ServerError(
    response.status,
    error?.code ?? "http",
    error?.message ? sentences(error.message, error.hint) : sandboxText.refused(response.status),
  );
}

type Refusal = { readonly code?: string; readonly message?: string; readonly hint?: string };

/** The server writes parts of sentences; a person reads whole ones. */
function sentences(...parts: (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== "")
    .map((part) => `${part?.charAt(0).toUpperCase()}${part?.slice(1)}`)
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}
