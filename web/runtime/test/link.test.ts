import { CREDIT_PAUSE_MS, openEnvelope, STREAM_CREDITS, seal } from "@cumulonimbus/protocol";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HostLink, type LinkListeners } from "../src/link.ts";

const KEY = new Uint8Array(32).fill(7);

function setUp(listeners: LinkListeners = {}) {
  const posted: string[] = [];
  const port = {
    onmessage: null as ((event: { data: unknown }) => void) | null,
    postMessage: (text: string) => posted.push(text),
    close: vi.fn(),
  };
  const link = new HostLink(port as unknown as MessagePort, "L", KEY, listeners);
  let heard = 0;
  let sent = 0;
  const read = () =>
    posted.splice(0).map((text) => {
      const opened = openEnvelope(KEY, "L", "frame", ++heard, text);
      if (!opened.ok) throw new Error(opened.reason);
      return JSON.parse(opened.body);
    });
  const answer = (message: object) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    port.onmessage?.({ data: seal(KEY, "L", "host", ++sent, body) });
  };
  return { link, port, read, answer };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("numbers and signs what it sends, and settles calls by id", async () => {
  const { link, read, answer } = setUp();
  const first = link.call("data.list", { collection: "a" });
  const second = link.call("data.get", {});
  const [a, b] = read();
  expect(a).toEqual({ jsonrpc: "2.0", id: 1, method: "data.list", params: { collection: "a" } });
  answer({ id: b.id, error: { code: -32000, message: "gone", data: { code: "not-found" } } });
  answer({ id: a.id, result: [1] });
  await expect(second).rejects.toMatchObject({ code: "not-found", message: "gone" });
  expect(await first).toEqual([1]);
});

it("answers a ping, and says that it knows no other call", () => {
  const { read, answer } = setUp();
  answer({ id: 5, method: "ping" });
  answer({ id: 6, method: "eval" });
  expect(read()).toMatchObject([
    { id: 5, result: null },
    { id: 6, error: { code: -32601 } },
  ]);
});

it("writes what is kept back before it says that it has", async () => {
  let written = () => {};
  const { read, answer } = setUp({
    onFlush: () =>
      new Promise((resolve) => {
        written = resolve;
      }),
  });
  answer({ id: 7, method: "flush" });
  expect(read()).toEqual([]);
  written();
  await vi.advanceTimersByTimeAsync(0);
  expect(read()).toMatchObject([{ id: 7, result: null }]);
});

it("gives a stream's chunks on, and asks for more when half of them were used", async () => {
  const { link, read, answer } = setUp();
  const chunks: unknown[] = [];
  const stream = link.stream("ai.complete", {}, (value) => chunks.push(value));
  const [{ id }] = read();
  for (let i = 0; i < STREAM_CREDITS; i++) {
    answer({ method: "$/chunk", params: { id, value: i } });
  }
  answer({ method: "$/chunk", params: { id: 99, value: "another's" } });
  expect(chunks).toHaveLength(STREAM_CREDITS);
  for (let i = 0; i < STREAM_CREDITS / 2 - 1; i++) stream.used();
  expect(read()).toEqual([]);
  stream.used();
  expect(read()).toMatchObject([
    { method: "$/credit", params: { id, credits: STREAM_CREDITS / 2 } },
  ]);
  answer({ id, result: { usage: 1 } });
  expect(await stream.done).toEqual({ usage: 1 });
});

it("takes calls back", async () => {
  const { link, read, answer } = setUp();
  const controller = new AbortController();
  const call = link.call("http.fetch", {}, controller.signal);
  const stream = link.stream("ai.complete", {}, () => {});
  const [first, second] = read();
  controller.abort();
  stream.cancel();
  stream.cancel();
  expect(read()).toMatchObject([
    { method: "$/cancel", params: { id: first.id } },
    { method: "$/cancel", params: { id: second.id } },
  ]);
  await expect(call).rejects.toMatchObject({ code: "cancelled" });
  await expect(stream.done).rejects.toMatchObject({ code: "cancelled" });
  answer({ id: first.id, result: "late" });
});

it("waits without limit, and without taking a place, while the person is asked", async () => {
  const { link, read, answer } = setUp();
  const asked = Array.from({ length: 48 }, () => link.call("ui.confirm", {}));
  const sent = read();
  const next = link.call("data.list", {});
  expect(read()).toEqual([]);
  answer({ method: "$/hold", params: { id: sent[0].id } });
  expect(read()).toHaveLength(1);
  asked.slice(1).forEach((call) => void call.catch(() => {}));
  next.catch(() => {});
  await vi.advanceTimersByTimeAsync(100_000);
  answer({ id: sent[0].id, result: true });
  expect(await asked[0]).toBe(true);
});

it("tells what the host page says by itself, and what a refusal is about", async () => {
  const onNotice = vi.fn();
  const { link, answer } = setUp({ onNotice });
  answer({ method: "permission.changed", params: { declared: 1 } });
  expect(onNotice).toHaveBeenCalledWith("permission.changed", { declared: 1 });
  const call = link.call("http.fetch", {});
  const data = { code: "permission-needed", permission: "ai" };
  answer({ id: 1, error: { code: -32001, message: "No.", data } });
  await expect(call).rejects.toMatchObject({ code: "permission-needed", details: data });
});

it("never has more than 48 calls unanswered, and drops none", async () => {
  const { link, read, answer } = setUp();
  const calls = Array.from({ length: 60 }, () => link.call("data.list", {}));
  const first = read();
  expect(first).toHaveLength(48);
  for (const { id } of first) answer({ id, result: id });
  for (const { id } of read()) answer({ id, result: id });
  expect(await Promise.all(calls)).toHaveLength(60);
});

it("stays below the host's rate and sends the rest later", () => {
  const { link, read } = setUp();
  for (let i = 0; i < 500; i++) link.notify("console", { i });
  expect(read()).toHaveLength(150);
  vi.advanceTimersByTime(1_000);
  const next = read();
  expect(next.length).toBeGreaterThan(70);
  expect(next.length).toBeLessThanOrEqual(80);
  expect(next[0].params.i).toBe(150);
  link.flush();
  expect(read().at(-1).params.i).toBe(499);
});

it("rejects what no message could carry, without sending it", async () => {
  const { link, read } = setUp();
  await expect(link.call("data.create", { text: "x".repeat(1024 * 1024) })).rejects.toMatchObject({
    code: "too-large",
  });
  await expect(link.call("data.create", { text: "€".repeat(400_000) })).rejects.toMatchObject({
    code: "too-large",
  });
  expect(read()).toEqual([]);
});

it("rejects what is nested too deep or no JSON, without sending it", async () => {
  const { link, read } = setUp();
  const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });
  const circle: { self?: object } = {};
  circle.self = circle;
  await expect(link.call("data.create", { data: nested(31) })).rejects.toMatchObject({
    code: "too-large",
  });
  for (const data of [circle, 1n]) {
    await expect(link.call("data.create", { data })).rejects.toMatchObject({ code: "bad-call" });
  }
  const stream = link.stream("ai.complete", { prompt: circle }, () => {});
  await expect(stream.done).rejects.toMatchObject({ code: "bad-call" });
  expect(read()).toEqual([]);
  link.call("data.create", { data: nested(30) }).catch(() => {});
  expect(read()).toHaveLength(1);
});

it("puts a result together that comes in parts", async () => {
  const { link, answer } = setUp();
  const [long, short] = [link.call("http.fetch", {}), link.call("data.get", {})];
  answer({ method: "$/part", params: { id: 1, text: '{"body":"on' } });
  answer({ id: 2, result: "short" });
  answer({ method: "$/part", params: { id: 1, text: 'e"}' } });
  answer({ id: 1, result: null });
  expect(await short).toBe("short");
  expect(await long).toEqual({ body: "one" });
});

it("says after some seconds that a slow reader has taken something", async () => {
  const { link, read, answer } = setUp();
  const stream = link.stream("ai.complete", {}, () => {});
  const [{ id }] = read();
  stream.used();
  stream.used();
  expect(read()).toEqual([]);
  await vi.advanceTimersByTimeAsync(CREDIT_PAUSE_MS);
  expect(read()).toMatchObject([{ method: "$/credit", params: { id, credits: 2 } }]);
  stream.used();
  answer({ id, result: null });
  await stream.done;
  await vi.advanceTimersByTimeAsync(CREDIT_PAUSE_MS);
  expect(read()).toEqual([]);
});

it("rejects a call that is never answered", async () => {
  const { link } = setUp();
  const call = expect(link.call("data.list", {})).rejects.toMatchObject({ code: "timeout" });
  await vi.advanceTimersByTimeAsync(35_000);
  await call;
});

it("closes on a message that is not the host's next one, and rejects what is open", async () => {
  const { link, port } = setUp();
  const call = link.call("data.list", {});
  port.onmessage?.({ data: seal(KEY, "L", "host", 2, '{"jsonrpc":"2.0","id":1,"result":1}') });
  await expect(call).rejects.toMatchObject({ code: "closed" });
  await expect(link.call("data.list", {})).rejects.toMatchObject({ code: "closed" });
  expect(port.close).toHaveBeenCalled();
});
