import {
  CALL_TIMEOUT_MS,
  HELLO_TIMEOUT_MS,
  LOAD_TIMEOUT_MS,
  MAX_QUESTIONS,
  MAX_VIOLATIONS,
  NO_PERMISSIONS,
  openEnvelope,
  RpcErrorCode,
  readInit,
  STREAM_CREDITS,
  seal,
} from "@cumulonimbus/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BridgeCall } from "./BridgeCall.ts";
import { ServerError } from "./request.ts";
import { type BridgeOptions, SandboxBridge } from "./SandboxBridge.ts";

const LAUNCH = "0123456789abcdef";
const HELLO = { hello: "cumulonimbus", v: 1, launch: LAUNCH };

/** A port whose messages arrive at once, so that no test waits for a real one. */
class FakePort {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  other: FakePort | undefined;
  closed = false;

  postMessage(data: unknown): void {
    const { other } = this;
    if (!this.closed && other && !other.closed) other.onmessage?.({ data });
  }

  close(): void {
    this.closed = true;
  }
}

function portPair(): [FakePort, FakePort] {
  const [a, b] = [new FakePort(), new FakePort()];
  a.other = b;
  b.other = a;
  return [a, b];
}

const PERMISSIONS = {
  declared: { ...NO_PERMISSIONS, ai: true },
  granted: NO_PERMISSIONS,
};

function setUp(carry: Partial<BridgeOptions["carry"]> = {}) {
  const host = new EventTarget();
  const frameWindow = {} as MessageEventSource;
  const told = {
    onState: vi.fn(),
    onError: vi.fn(),
    onConsole: vi.fn(),
    onHung: vi.fn(),
    onClosed: vi.fn(),
  };
  const forward = vi.fn(async (method: string): Promise<unknown> => ({ done: method }));
  const never = (): Promise<unknown> => new Promise(() => {});
  const bridge = new SandboxBridge({
    host: host as unknown as Window,
    frame: () => frameWindow,
    launch: LAUNCH,
    storage: { local: { a: "1" } },
    user: { id: "u", name: "Ada" },
    permissions: PERMISSIONS,
    carry: { server: forward, stream: never, person: never, ...carry },
    ...told,
  });

  const [framePort, hostPort] = portPair();
  const received: unknown[] = [];
  framePort.onmessage = ({ data }) => received.push(data);
  const say = (data: unknown = HELLO, changes: object = {}) => {
    const event = new Event("message");
    Object.assign(event, {
      source: frameWindow,
      origin: "null",
      data,
      ports: [hostPort],
      ...changes,
    });
    host.dispatchEvent(event);
  };
  let sent = 0;
  let key = new Uint8Array();
  const send = (body: object | string, seq = ++sent) => {
    const text = typeof body === "string" ? body : JSON.stringify({ jsonrpc: "2.0", ...body });
    framePort.postMessage(seal(key, LAUNCH, "frame", seq, text));
  };
  /** Says hello and takes the key from the init message. */
  const open = () => {
    say();
    const init = readInit(received.shift());
    if (!init) throw new Error("no init came");
    key = Uint8Array.from(init.key.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
    return init;
  };
  let heard = 0;
  /** The messages that came since the last call, checked and parsed. */
  const answers = () =>
    received.splice(0).map((data) => {
      const opened = openEnvelope(key, LAUNCH, "host", ++heard, String(data));
      if (!opened.ok) throw new Error(opened.reason);
      return JSON.parse(opened.body);
    });
  return { bridge, say, open, send, answers, received, framePort, hostPort, forward, ...told };
}

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

describe("calls", () => {
  it("are passed on and answered under their id", async () => {
    const { open, send, answers, forward } = setUp();
    open();
    send({ id: 7, method: "data.list", params: { collection: "todos" } });
    await vi.advanceTimersByTimeAsync(0);
    expect(forward).toHaveBeenCalledWith(
      "data.list",
      { collection: "todos" },
      expect.objectContaining({ signal: expect.any(AbortSignal) }),
    );
    expect(answers()).toEqual([{ jsonrpc: "2.0", id: 7, result: { done: "data.list" } }]);
  });

  it("carry the server's refusal back", async () => {
    const forward = async () => {
      throw new ServerError(409, "conflict", "It changed.");
    };
    const { open, send, answers } = setUp({ server: forward });
    open();
    send({ id: "x", method: "data.update", params: {} });
    await vi.advanceTimersByTimeAsync(0);
    expect(answers()[0]).toMatchObject({
      id: "x",
      error: { code: RpcErrorCode.server, message: "It changed.", data: { code: "conflict" } },
    });
  });

  it.each(["constructor", "__proto__", "toString", "data.drop", "app.state"])(
    "of `%s` find no method",
    (method) => {
      const { open, send, answers, forward } = setUp();
      open();
      send({ id: 1, method });
      expect(answers()).toMatchObject([{ id: 1, error: { code: RpcErrorCode.methodNotFound } }]);
      expect(forward).not.toHaveBeenCalled();
    },
  );

  it("end after thirty seconds", async () => {
    let aborted = false;
    const forward = (_method: string, _params: object, { signal }: BridgeCall) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(signal.reason);
        });
      });
    const { open, send, answers } = setUp({ server: forward });
    open();
    send({ id: 1, method: "data.list" });
    await vi.advanceTimersByTimeAsync(CALL_TIMEOUT_MS);
    const errors = answers().filter((answer) => answer.error);
    expect(errors).toMatchObject([{ id: 1, error: { code: RpcErrorCode.timeout } }]);
    expect(aborted).toBe(true);
  });

  it("are capped at 64 at a time", () => {
    const forward = vi.fn(() => new Promise(() => {}));
    const { open, send, answers } = setUp({ server: forward });
    open();
    for (let id = 1; id <= 65; id++) send({ id, method: "data.list" });
    expect(forward).toHaveBeenCalledTimes(64);
    expect(answers()).toMatchObject([{ id: 65, error: { code: RpcErrorCode.busy } }]);
  });
});

describe("a call that lacks a permission", () => {
  it("is answered with what it lacks", async () => {
    const server = async () => {
      throw new ServerError(403, "permission-needed", "No.", { permission: "http", domain: "a.b" });
    };
    const { open, send, answers } = setUp({ server });
    open();
    send({ id: 1, method: "http.fetch" });
    await vi.advanceTimersByTimeAsync(0);
    expect(answers()).toMatchObject([
      {
        error: {
          code: RpcErrorCode.permission,
          data: { code: "permission-needed", permission: "http", domain: "a.b" },
        },
      },
    ]);
  });

  it("has no time limit while the person is asked", async () => {
    let agree = () => {};
    const server = async (_method: string, _params: object, call: BridgeCall) => {
      call.hold();
      await new Promise<void>((resolve) => {
        agree = resolve;
      });
      return "given";
    };
    const { open, send, answers } = setUp({ server });
    open();
    send({ id: 1, method: "http.fetch" });
    await vi.advanceTimersByTimeAsync(CALL_TIMEOUT_MS * 3);
    agree();
    await vi.advanceTimersByTimeAsync(0);
    expect(answers().filter(({ method }) => method !== "ping")).toMatchObject([
      { method: "$/hold", params: { id: 1 } },
      { id: 1, result: "given" },
    ]);
  });
});

describe("a call that is taken back", () => {
  it("aborts and is not answered", async () => {
    let aborted = false;
    const server = (_method: string, _params: object, { signal }: BridgeCall) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted = true;
          reject(signal.reason);
        });
      });
    const { open, send, answers, onClosed } = setUp({ server });
    open();
    send({ id: 1, method: "data.list" });
    send({ method: "$/cancel", params: { id: 99 } });
    expect(aborted).toBe(false);
    send({ method: "$/cancel", params: { id: 1 } });
    await vi.advanceTimersByTimeAsync(0);
    expect(aborted).toBe(true);
    expect(answers()).toEqual([]);
    expect(onClosed).not.toHaveBeenCalled();
  });
});

describe("a stream", () => {
  /** A stream that offers `count` chunks as fast as they are taken. */
  function setUpStream(count: number) {
    const seen = { sent: 0, call: undefined as BridgeCall | undefined };
    const stream = async (_method: string, _params: object, call: BridgeCall) => {
      seen.call = call;
      for (; seen.sent < count; seen.sent++) await call.send(seen.sent);
      return "done";
    };
    const world = setUp({ stream });
    world.open();
    world.send({ id: 1, method: "ai.complete", params: { prompt: "x" } });
    return { ...world, seen };
  }

  it("sends its chunks before its answer", async () => {
    const { answers } = setUpStream(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(answers()).toMatchObject([
      { method: "$/chunk", params: { id: 1, value: 0 } },
      { method: "$/chunk", params: { id: 1, value: 1 } },
      { id: 1, result: "done" },
    ]);
  });

  it("waits for the frame to ask for more", async () => {
    const { send, answers } = setUpStream(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(answers()).toHaveLength(STREAM_CREDITS);
    send({ method: "$/credit", params: { id: 1, credits: 5 } });
    await vi.advanceTimersByTimeAsync(0);
    expect(answers()).toHaveLength(5);
  });

  it.each([0, -1, 1.5, "1", 1_000_000])("takes no credit of %j", (credits) => {
    const { open, send, answers } = setUp();
    open();
    send({ id: 1, method: "ai.complete" });
    send({ method: "$/credit", params: { id: 1, credits } });
    expect(answers()).toMatchObject([{ id: null, error: { code: RpcErrorCode.invalidParams } }]);
  });

  it("ends with the frame", async () => {
    const { bridge, seen } = setUpStream(1_000);
    await vi.advanceTimersByTimeAsync(0);
    bridge.close();
    expect(seen.call?.signal.aborted).toBe(true);
  });
});

it("at most eight calls wait for the person", () => {
  const { open, send, answers } = setUp();
  open();
  for (let id = 1; id <= MAX_QUESTIONS + 1; id++) {
    send({ id, method: "ui.confirm", params: { message: "?" } });
  }
  expect(answers().filter(({ error }) => error)).toMatchObject([
    { id: MAX_QUESTIONS + 1, error: { code: RpcErrorCode.busy } },
  ]);
});

describe("flushing", () => {
  it("waits until the frame has sent what it keeps back", async () => {
    const { bridge, open, send, answers } = setUp();
    open();
    let flushed = false;
    const flushing = bridge.flush(1_000).then(() => {
      flushed = true;
    });
    const [asked] = answers();
    expect(asked).toMatchObject({ method: "flush" });
    await vi.advanceTimersByTimeAsync(500);
    expect(flushed).toBe(false);
    send({ id: asked.id, result: null });
    await flushing;
  });

  it("gives a frame that does not answer up", async () => {
    const { bridge, open } = setUp();
    open();
    const flushing = bridge.flush(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
    await flushing;
  });
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
    expect(answers()).toMatchObject([{ id: null, error: { code: RpcErrorCode.tooLarge } }]);
    send({ id: 2, method: "data.list" });
    await vi.advanceTimersByTimeAsync(0);
    expect(answers()).toMatchObject([{ id: 2 }]);
    expect(forward).toHaveBeenCalledTimes(1);
  });

  it("that are nested too deep are refused", () => {
    const { open, send, answers } = setUp();
    open();
    send(`{"jsonrpc":"2.0","id":1,"method":"data.create","params":${"[".repeat(100_000)}`);
    expect(answers()).toMatchObject([{ id: null, error: { code: RpcErrorCode.tooLarge } }]);
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
  vi.advanceTimersByTime(5_000);
  const [ping] = answers();
  expect(ping).toMatchObject({ method: "ping" });
  vi.advanceTimersByTime(5_000);
  expect(onHung).not.toHaveBeenCalled();
  vi.advanceTimersByTime(5_000);
  expect(onHung.mock.calls).toEqual([[true]]);
  send({ id: ping.id, result: null });
  expect(onHung.mock.calls).toEqual([[true], [false]]);
});
