import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { GenerationEvent } from "../src/api/types";
import { backoff, type Connection, follow, type NumberedEvent } from "../src/stream/connection";

const QUEUED: GenerationEvent = {
  type: "status",
  status: "queued",
  generationId: "g1",
  appId: "a1",
  progress: 0,
};
const COMPLETE: GenerationEvent = {
  type: "complete",
  appId: "a1",
  versionId: "v1",
  url: "/apps/a1",
  progress: 1,
};
const REQUEST = { prompt: "a todo list", executionMode: "sandbox" } as const;

interface Asked {
  method: string;
  path: string;
  headers: Record<string, string>;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Answers requests in turn, follows to the end, and tells what was asked and heard. */
async function run(
  answers: (() => Response | Promise<Response>)[],
  source: Parameters<typeof follow>[0] = { request: REQUEST },
) {
  const asked: Asked[] = [];
  const heard: NumberedEvent[] = [];
  const connections: Connection[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    asked.push({
      method: init.method ?? "",
      path,
      headers: init.headers as Record<string, string>,
    });
    const answer = answers.shift();
    if (!answer) throw new Error(`${path} was not expected`);
    return Promise.resolve().then(answer);
  });
  const done = follow(
    source,
    {
      onEvents: (events) => heard.push(...events),
      onConnection: (connection) => connections.push(connection),
    },
    new AbortController().signal,
  );
  await vi.runAllTimersAsync();
  await done;
  return { asked, heard, connections, left: answers.length };
}

/** A stream of numbered events that then ends, or breaks. */
const stream =
  (events: [number, GenerationEvent][], broken = false) =>
  () =>
    new Response(
      new ReadableStream({
        async start(controller) {
          for (const [id, event] of events) {
            const wire = `id: ${id}\nevent: message\ndata: ${JSON.stringify(event)}\n\n`;
            controller.enqueue(new TextEncoder().encode(wire));
          }
          // Read before it breaks: an error would discard what is queued.
          await new Promise((resolve) => setTimeout(resolve, 1));
          if (broken) controller.error(new TypeError("network error"));
          else controller.close();
        },
      }),
      { headers: { "content-type": "text/event-stream" } },
    );
const refuse = (status: number, error: object) => () => Response.json({ error }, { status });
const unreachable = () => Promise.reject(new TypeError("Failed to fetch"));

test("follows a new generation to its end", async () => {
  const { asked, heard, connections } = await run([
    stream([
      [1, QUEUED],
      [2, COMPLETE],
    ]),
  ]);
  expect(asked).toMatchObject([
    {
      method: "POST",
      path: "/api/apps/generate-stream",
      headers: { "X-Cumulonimbus": "1", "Content-Type": "application/json" },
    },
  ]);
  expect(heard.map(({ id }) => id)).toEqual([1, 2]);
  expect(connections.at(-1)).toEqual({ state: "closed" });
});

test("a broken connection is resumed after the last event received", async () => {
  const { asked, heard, connections } = await run([
    stream([[1, QUEUED]], true),
    unreachable,
    stream([[2, COMPLETE]]),
  ]);
  expect(asked.slice(1)).toMatchObject([
    {
      method: "GET",
      path: "/api/generations/g1/events?after=1",
      headers: { "Last-Event-ID": "1" },
    },
    {
      method: "GET",
      path: "/api/generations/g1/events?after=1",
      headers: { "Last-Event-ID": "1" },
    },
  ]);
  expect(heard.map(({ id }) => id)).toEqual([1, 2]);
  expect(connections.filter(({ state }) => state === "waiting")).toHaveLength(2);
});

test("a request that may have been received is never sent twice", async () => {
  const { asked, connections } = await run([stream([], true)]);
  expect(asked).toHaveLength(1);
  expect(connections.at(-1)).toMatchObject({ state: "failed", error: { code: "lost" } });
});

test("a refusal is told with its hint, and not tried again", async () => {
  const { asked, connections } = await run([
    refuse(503, { code: "no-model", message: "No model is reachable.", hint: "Start Ollama." }),
  ]);
  expect(asked).toHaveLength(1);
  expect(connections.at(-1)).toMatchObject({
    state: "failed",
    error: { status: 503, message: "No model is reachable.", hint: "Start Ollama." },
  });
});

test("a generation that is gone ends the resuming", async () => {
  const { connections } = await run(
    [refuse(404, { code: "not-found", message: "There is no such generation." })],
    { generationId: "g1", after: 4 },
  );
  expect(connections.at(-1)).toMatchObject({ state: "failed", error: { status: 404 } });
});

test("a generation that is over and known in full closes at once", async () => {
  const { asked, connections } = await run([() => new Response(null, { status: 204 })], {
    generationId: "g1",
    after: 9,
  });
  expect(asked).toHaveLength(1);
  expect(connections.at(-1)).toEqual({ state: "closed" });
});

test("waits grow to ten seconds and differ between windows", () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((n) => backoff(n, () => 0))).toEqual([
    500, 1000, 2000, 4000, 8000, 10_000, 10_000,
  ]);
  expect(backoff(1, () => 1)).toBe(800);
});
