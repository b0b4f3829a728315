import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BridgeCall } from "./BridgeCall.ts";
import { LiveChanges } from "./LiveChanges.ts";

/** A server's stream that a test writes to. */
class Stream {
  readonly signal: AbortSignal;
  #items: unknown[] = [];
  #wake: () => void = () => {};
  #over = false;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    signal.addEventListener("abort", () => this.end());
  }

  say(item: unknown): void {
    this.#items.push(item);
    this.#wake();
  }

  end(): void {
    this.#over = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      while (this.#items.length > 0) yield this.#items.shift();
      if (this.#over) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const page = Object.assign(new EventTarget(), { hidden: false });

function setUp() {
  const streams: Stream[] = [];
  const live = new LiveChanges((signal, onOpen) => {
    const stream = new Stream(signal);
    streams.push(stream);
    onOpen();
    return stream;
  });
  const watch = (collection: string, scope = "mine", credits = 100) => {
    const told: unknown[] = [];
    const call = new BridgeCall("stream", credits, {
      chunk: (value) => told.push(value),
      held: () => {},
    });
    const over = live.watch(collection, scope, call);
    /** What was told beside the word to read again. */
    const changes = () => told.filter((event) => (event as { op: string }).op !== "resync");
    return { told, changes, call, over };
  };
  return { live, streams, watch };
}

const change = (collection: string, id: string, scope = "mine") => ({
  collection,
  scope,
  id,
  op: "update",
  revision: 2,
});
const turn = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", page);
  page.hidden = false;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("tells each subscription its own changes, over one connection", async () => {
  const { streams, watch } = setUp();
  const notes = watch("notes");
  const shared = watch("notes", "shared");
  await turn();
  expect(streams).toHaveLength(1);
  streams[0]?.say(change("notes", "a"));
  streams[0]?.say(change("notes", "b", "shared"));
  streams[0]?.say(change("other", "c"));
  await turn();
  expect(notes.told[0]).toEqual({ op: "resync" });
  expect(notes.changes()).toEqual([{ op: "update", id: "a", revision: 2 }]);
  expect(shared.changes()).toEqual([{ op: "update", id: "b", revision: 2 }]);
});

it("connects again after an end, and has everyone read again", async () => {
  const { streams, watch } = setUp();
  const { told } = watch("notes");
  await turn();
  streams[0]?.say({ type: "error", code: "sandbox-token", message: "it has expired" });
  await vi.advanceTimersByTimeAsync(500);
  expect(streams).toHaveLength(2);
  expect(told).toEqual([{ op: "resync" }, { op: "resync" }]);
});

it("ends with the launch", async () => {
  const { streams, watch } = setUp();
  const { over } = watch("notes");
  const ended = expect(over).rejects.toMatchObject({ code: "launch-revoked" });
  await turn();
  streams[0]?.say({ type: "error", code: "launch-revoked", message: "there is a new version" });
  await ended;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(streams).toHaveLength(1);
});

it("gives its connection back when nobody listens", async () => {
  const { streams, watch } = setUp();
  const { call, over } = watch("notes");
  await turn();
  call.abort();
  expect(await over).toBe(null);
  expect(streams[0]?.signal.aborted).toBe(true);
  watch("notes");
  await vi.advanceTimersByTimeAsync(500);
  expect(streams).toHaveLength(2);
});

it("gives its connection back in a hidden window, and reads again when it is seen", async () => {
  const { streams, watch } = setUp();
  const { told } = watch("notes");
  await turn();
  page.hidden = true;
  page.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(streams[0]?.signal.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(streams).toHaveLength(1);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  await turn();
  expect(streams).toHaveLength(2);
  expect(told).toEqual([{ op: "resync" }, { op: "resync" }]);
});

it("tells a frame that reads too slowly to read again, once", async () => {
  const { streams, watch } = setUp();
  const { told, call } = watch("notes", "mine", 2);
  await turn();
  for (const id of ["a", "b", "c", "d"]) streams[0]?.say(change("notes", id));
  await turn();
  expect(told).toEqual([{ op: "resync" }, { op: "update", id: "a", revision: 2 }]);
  call.credit(10, 100);
  await turn();
  expect(told.slice(2)).toEqual([{ op: "resync" }]);
});
