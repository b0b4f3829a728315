import { MAX_MODEL_STREAMS } from "@cumulonimbus/protocol";
import { expect, it, vi } from "vitest";
import { type Locks, ModelTurns } from "./modelTurns.ts";

/** The locks of a browser, which all its windows see: as much of Web Locks as is used. */
function browserLocks() {
  const queues = new Map<string, (() => void)[]>();
  const request = (
    name: string,
    { signal }: { signal: AbortSignal },
    act: () => Promise<unknown> | undefined,
  ) =>
    new Promise((resolve, reject) => {
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      const next = () => queue[0]?.();
      const run = () => {
        signal.removeEventListener("abort", leave);
        const over = () => {
          queue.shift();
          next();
        };
        const done = Promise.resolve(act());
        done.then(over, over);
        resolve(done);
      };
      const leave = () => {
        queue.splice(queue.indexOf(run), 1);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave);
      queue.push(run);
      if (queue[0] === run) queueMicrotask(next);
    });
  return { locks: { request } as unknown as Locks, queues };
}

const world = browserLocks();

it.each<[string, ModelTurns, ModelTurns]>([
  ["two windows", new ModelTurns(world.locks), new ModelTurns(world.locks)],
  ...[new ModelTurns(undefined)].map((one): [string, ModelTurns, ModelTurns] => [
    "a window without locks",
    one,
    one,
  ]),
])("a few answers come at a time in %s", async (_what, one, other) => {
  let running = 0;
  let most = 0;
  const ends: (() => void)[] = [];
  const ask = async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((end) => ends.push(end));
    running--;
    return "answer";
  };
  const leaving = new AbortController();
  const { signal } = new AbortController();
  const asked = Array.from({ length: 8 }, (_, n) => (n % 2 ? one : other).take(signal, ask));
  const left = one.take(leaving.signal, ask);
  await vi.waitFor(() => expect(running).toBe(MAX_MODEL_STREAMS));
  leaving.abort();
  await expect(left).rejects.toMatchObject({ name: "AbortError" });
  for (let n = 0; n < asked.length; n++) {
    await vi.waitFor(() => expect(ends.length).toBeGreaterThan(n));
    ends[n]?.();
  }
  expect(await Promise.all(asked)).toEqual(asked.map(() => "answer"));
  expect(most).toBe(MAX_MODEL_STREAMS);
  expect(ends).toHaveLength(asked.length);
  expect(running).toBe(0);
});

it("a turn that fails is given back", async () => {
  const turns = new ModelTurns(browserLocks().locks);
  const { signal } = new AbortController();
  for (let n = 0; n <= MAX_MODEL_STREAMS; n++) {
    const failing = turns.take(signal, () => Promise.reject(new Error("no model")));
    await expect(failing).rejects.toThrow("no model");
  }
  await expect(turns.take(AbortSignal.abort(), async () => "x")).rejects.toMatchObject({
    name: "AbortError",
  });
});
