// Keeps a generation's events coming: reads the stream, and takes it up again where it broke.
import { ApiError, getGeneration, openEvents, openGeneration } from "../api/client";
import type { GenerateRequest, GenerationEvent } from "../api/types";
import { text } from "../text";
import { SseParser } from "./sse";

export interface NumberedEvent {
  id: number;
  event: GenerationEvent;
}

/** How the stream is. `waiting`: it broke and is tried again `inMs` from now. */
export type Connection =
  | { state: "idle" | "connecting" | "open" | "closed" }
  | { state: "waiting"; inMs: number }
  | { state: "failed"; error: ApiError };

/** Where the events come from: a new generation, or one that exists. */
export type Source = { request: GenerateRequest } | { generationId: string; after: number };

export interface Listener {
  onEvents(events: NumberedEvent[]): void;
  onConnection(connection: Connection): void;
}

/** The server sends a comment every 15 s; a stream silent for much longer is dead. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Follows a generation until its last event, a refusal, or `signal`. A broken connection is
 * resumed after the last event received; a request that may have been received is never sent
 * twice. Aborting stops listening, not the generation.
 */
export async function follow(
  source: Source,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  let id = "generationId" in source ? source.generationId : null;
  let after = "after" in source ? source.after : 0;
  let failures = 0;

  while (!signal.aborted) {
    listener.onConnection({ state: "connecting" });
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    signal.addEventListener("abort", abort);
    let failure: unknown;
    try {
      const response =
        id === null && "request" in source
          ? await openGeneration(source.request, attempt.signal)
          : await openEvents(id ?? "", after, attempt.signal);
      // Over, and all of it was received before.
      if (response.status === 204) {
        listener.onConnection({ state: "closed" });
        return;
      }
      listener.onConnection({ state: "open" });
      for await (const events of read(response, attempt)) {
        failures = 0;
        after = events.at(-1)?.id ?? after;
        id ??= generationOf(events);
        listener.onEvents(events);
        if (events.some(({ event }) => isLast(event))) {
          listener.onConnection({ state: "closed" });
          return;
        }
      }
      // The stream ended without a last event: the generation may be over all the same.
      if (id !== null && (await getGeneration(id)).state !== "running" && failures > 0) {
        listener.onConnection({ state: "closed" });
        return;
      }
    } catch (cause) {
      failure = cause;
    } finally {
      signal.removeEventListener("abort", abort);
      attempt.abort();
    }
    if (signal.aborted) return;
    if (failure instanceof ApiError && !isPassing(failure)) {
      listener.onConnection({ state: "failed", error: failure });
      return;
    }
    if (id === null) {
      const error = failure instanceof ApiError ? failure : lostBeforeStart();
      listener.onConnection({ state: "failed", error });
      return;
    }
    const inMs = backoff(failures++);
    listener.onConnection({ state: "waiting", inMs });
    await sleep(inMs, signal);
  }
}

/** 0.5 s, doubled with each failure up to 10 s, less up to a fifth so that windows spread out. */
export function backoff(failures: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
  return Math.round(full * (1 - 0.2 * random()));
}

async function* read(
  response: Response,
  attempt: AbortController,
): AsyncGenerator<NumberedEvent[]> {
  if (!response.body) return;
  const parser = new SseParser();
  const reader = response.body.getReader();
  for (;;) {
    const silence = setTimeout(() => attempt.abort(), SILENCE_MS);
    const { done, value } = await reader.read().finally(() => clearTimeout(silence));
    if (done) return;
    const events: NumberedEvent[] = [];
    for (const { id, data } of parser.push(value)) {
      const number = Number(id);
      if (!Number.isSafeInteger(number) || number < 1) continue;
      events.push({ id: number, event: JSON.parse(data) as GenerationEvent });
    }
    if (events.length > 0) yield events;
  }
}

function generationOf(events: NumberedEvent[]): string | null {
  for (const { event } of events) if (event.type === "status") return event.generationId;
  return null;
}

function isLast(event: GenerationEvent): boolean {
  return event.type === "complete" || event.type === "error";
}

/** Whether a refusal may be gone in a moment: no answer, or a server that restarts. */
function isPassing(error: ApiError): boolean {
  return error.status === 0 || error.status === 502 || error.status === 503 || error.status === 504;
}

function lostBeforeStart(): ApiError {
  return new ApiError(0, "lost", text.errors.lostBeforeStart, text.errors.lostBeforeStartHint);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
