// The requests that a host page makes for a running app.
import { SseParser } from "../stream/sse.ts";
import { text } from "../text.ts";

/** A refusal by the server, or no answer from it (`status` 0). */
export class ServerError extends Error {
  readonly status: number;
  readonly code: string;
  /** What else the server said, such as the permission that is missing. */
  readonly details: unknown;

  constructor(status: number, code: string, message: string, details?: unknown) {
    super(message);
    this.name = "ServerError";
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** How a request is made. */
export type RequestOptions = {
  readonly method?: "GET" | "POST" | "PUT";
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
  readonly authorization?: string | undefined;
  /** Is told when a stream has begun, before its first event. */
  readonly onOpen?: (() => void) | undefined;
};

// Browsers allow requests that outlive their page 64 KiB altogether.
const KEEPALIVE_CHARS = 8 * 1024;

/** Asks the server for JSON. @throws ServerError */
export async function request(path: string, options: RequestOptions): Promise<unknown> {
  const response = await send(path, "application/json", options);
  return (await response.json().catch(() => undefined)) ?? {};
}

/** Asks the server for a stream of events and gives each one's JSON. @throws ServerError */
export async function* requestEvents(
  path: string,
  options: RequestOptions,
): AsyncGenerator<unknown, void> {
  const response = await send(path, "text/event-stream", options);
  options.onOpen?.();
  const reader = response.body?.getReader();
  if (!reader) return;
  const parser = new SseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        options.signal?.throwIfAborted();
        throw unreachable();
      });
      if (done) return;
      for (const { data } of parser.push(value)) yield JSON.parse(data);
    }
  } finally {
    // Whoever stops reading lets the server stop too.
    reader.cancel().catch(() => {});
  }
}

async function send(path: string, accept: string, options: RequestOptions): Promise<Response> {
  const { method = "POST", body, signal, authorization } = options;
  const content = body && JSON.stringify(body);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        Accept: accept,
        "X-Cumulonimbus": "1",
        ...(content !== undefined && { "Content-Type": "application/json" }),
        ...(authorization !== undefined && { Authorization: authorization }),
      },
      credentials: "same-origin",
      cache: "no-store",
      ...(content !== undefined && {
        body: content,
        keepalive: content.length <= KEEPALIVE_CHARS && accept === "application/json",
      }),
      ...(signal && { signal }),
    });
  } catch {
    signal?.throwIfAborted();
    throw unreachable();
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => undefined);
  throw refusal(response.status, (answer as { error?: Refusal } | undefined)?.error);
}

/** What the server says of a refusal. */
export type Refusal = {
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
  readonly data?: unknown;
};

/** A refusal as an error. */
export function refusal(status: number, error: Refusal | undefined): ServerError {
  return new ServerError(
    status,
    error?.code ?? "http",
    error?.message ? sentences(error.message, error.hint) : text.errors.status(status),
    error?.data,
  );
}

function unreachable(): ServerError {
  return new ServerError(0, "unreachable", text.sandbox.unreachable);
}

/** The server writes parts of sentences; a person reads whole ones. */
function sentences(...parts: (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined && part !== "")
    .map((part) => `${part?.charAt(0).toUpperCase()}${part?.slice(1)}`)
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}
