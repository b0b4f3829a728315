import {
  HELLO_TIMEOUT_MS,
  LOAD_TIMEOUT_MS,
  MAX_VIOLATIONS,
  RpcErrorCode,
  seal,
} from "@cumulonimbus/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HELLO, LAUNCH, PERMISSIONS, portPair, setUp } from "./bridgeWorld.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the hello", () => {
  it("is answered with the key and what was stored", () => {
    expect(setUp().open()).toMatchObject({
      v: 1,
      storage: { local: { a: "1" } },
      user: { id: "u", name: "Ada" },
      permissions: PERMISSIONS,
    });
  });

  it.each([
    ["another window", HELLO, { source: {} }],
    ["no window", HELLO, { source: null }],
    ["an origin that is not opaque", HELLO, { origin: "http://localhost:3000" }],
    ["another launch", { ...HELLO, launch: "fedcba9876543210" }, {}],
    ["another version", { ...HELLO, v: 2 }, {}],
    ["no port", HELLO, { ports: [] }],
    ["two ports", HELLO, { ports: portPair() }],
    ["a call instead", { jsonrpc: "2.0", method: "data.list", id: 1 }, {}],
  ])("is refused from %s", (_name, data, changes) => {
    const { say, received, onClosed } = setUp();
    say(data, changes);
    expect(received).toEqual([]);
    expect(onClosed).not.toHaveBeenCalled();
  });

  it("closes the bridge when it comes twice", () => {
    const { say, open, hostPort, onClosed } = setUp();
    open();
    say();
    expect(onClosed.mock.calls).toEqual([["helloTwice"]]);
    expect(hostPort.closed).toBe(true);
  });

  it("has to come within five seconds of the load", () => {
    const { bridge, onClosed } = setUp();
    bridge.frameLoaded();
    vi.advanceTimersByTime(HELLO_TIMEOUT_MS - 1);
    expect(onClosed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onClosed.mock.calls).toEqual([["silent"]]);
  });

  it("is not waited for when nothing loads", () => {
    const { onClosed } = setUp();
    vi.advanceTimersByTime(LOAD_TIMEOUT_MS);
    expect(onClosed.mock.calls).toEqual([["notLoaded"]]);
  });

  it("is no longer heard after the end", () => {
    const { bridge, say, received } = setUp();
    bridge.close();
    say();
    expect(received).toEqual([]);
  });
});

it("a second load closes the bridge", () => {
  const { bridge, open, onClosed } = setUp();
  open();
  bridge.frameLoaded();
  bridge.frameLoaded();
  expect(onClosed.mock.calls).toEqual([["navigated"]]);
});

describe("messages", () => {
  it.each([
    ["replayed", (send: (body: object, seq: number) => void) => send({ method: "x" }, 1)],
    ["skipped", (send: (body: object, seq: number) => void) => send({ method: "x" }, 3)],
  ])("that were %s close the bridge", (_name, attack) => {
    const { open, send, onClosed } = setUp();
    open();
    send({ method: "console", params: { level: "log", text: "first" } });
    attack(send);
    expect(onClosed.mock.calls).toEqual([["signature"]]);
  });

  it("with a wrong signature close the bridge", () => {
    const { open, framePort, onClosed, forward } = setUp();
    open();
    framePort.postMessage(
      seal(new Uint8Array(32), LAUNCH, "frame", 1, '{"jsonrpc":"2.0","id":1,"method":"data.list"}'),
    );
    expect(onClosed.mock.calls).toEqual([["signature"]]);
    expect(forward).not.toHaveBeenCalled();
  });

  it("that are too long are refused and counted, and the next one is in order", async () => {
    const { open, send, answers, forward } = setUp();
    open();
    send({ id: 1, method: "data.create", params: { data: "x".repeat(1024 * 1024) } });
    expect(answers()).toMatchObject([{ id: 1, error: { code: RpcErrorCode.tooLarge } }]);
    send({ id: 2, method: "data.list" });
    await vi.advanceTimersByTimeAsync(0);
    expect(answers()).toMatchObject([{ id: 2 }]);
    expect(forward).toHaveBeenCalledTimes(1);
  });

  it("that are nested too deep are refused", () => {
    const { open, send, answers } = setUp();
    open();
    send(`{"jsonrpc":"2.0","id":1,"method":"data.create","params":${"[".repeat(100_000)}`);
    expect(answers()).toMatchObject([{ id: 1, error: { code: RpcErrorCode.tooLarge } }]);
  });

  it("that are no strings are refused, and ten of them close the bridge", () => {
    const { open, framePort, answers, onClosed } = setUp();
    open();
    for (let i = 0; i < MAX_VIOLATIONS - 1; i++) framePort.postMessage({ cyclic: i });
    expect(answers()).toHaveLength(MAX_VIOLATIONS - 1);
    expect(onClosed).not.toHaveBeenCalled();
    framePort.postMessage(null);
    expect(onClosed.mock.calls).toEqual([["violations"]]);
  });

  it("in a flood close the bridge", () => {
    const { open, send, onClosed, onConsole } = setUp();
    open();
    for (let i = 0; i < 1000; i++) send({ method: "console", params: { level: "log", text: "x" } });
    expect(onClosed.mock.calls).toEqual([["violations"]]);
    expect(onConsole.mock.calls.length).toBeLessThanOrEqual(201);
  });

  it("leave every object's prototype alone", async () => {
    const { open, send, forward } = setUp();
    open();
    send('{"jsonrpc":"2.0","id":1,"method":"data.create","params":{"__proto__":{"polluted":1}}}');
    await vi.advanceTimersByTimeAsync(0);
    expect(forward).toHaveBeenCalledTimes(1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe("reports", () => {
  it("reach the page, cleaned", () => {
    const { open, send, onState, onError, onConsole } = setUp();
    open();
    send({
      method: "app.state",
      params: { state: "error", message: "a\u202eb", stack: "s", line: 2 },
    });
    send({ method: "error.report", params: { message: "late" } });
    send({ method: "console", params: { level: "warn", text: "careful" } });
    expect(onState.mock.calls).toEqual([[{ state: "error", message: "ab", stack: "s", line: 2 }]]);
    expect(onError.mock.calls).toEqual([[{ message: "late" }]]);
    expect(onConsole.mock.calls).toEqual([[{ level: "warn", text: "careful" }]]);
  });

  it("that are malformed are violations", () => {
    const { open, send, answers, onState } = setUp();
    open();
    send({ method: "app.state", params: { state: "great" } });
    expect(answers()).toMatchObject([{ id: null, error: { code: RpcErrorCode.invalidParams } }]);
    expect(onState).not.toHaveBeenCalled();
  });
});

it("a frame that stops answering is told of, and so is its return", () => {
  const { open, send, answers, onHung } = setUp();
  open();
  vi.advanceTimersByTime(1_000);
  const [ping] = answers();
  expect(ping).toMatchObject({ method: "ping" });
  vi.advanceTimersByTime(4_000);
  expect(onHung).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(onHung.mock.calls).toEqual([[true]]);
  send({ id: ping.id, result: null });
  expect(onHung.mock.calls).toEqual([[true], [false]]);
});
