import {
  CALL_TIMEOUT_MS,
  MAX_HOST_MESSAGE_CHARS,
  MAX_QUESTIONS,
  MAX_RESULT_CHARS,
  RpcErrorCode,
  STREAM_CREDITS,
  UNREAD_MS,
} from "@cumulonimbus/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BridgeCall } from "./BridgeCall.ts";
import { setUp } from "./bridgeWorld.ts";
import { ServerError } from "./request.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
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

describe("a refusal of a message that is not read", () => {
  const deep = (id: number) =>
    `{"jsonrpc":"2.0","id":${id},"method":"data.create","params":${"[".repeat(40)}`;

  it("names the call, unless another one is on its way under its number", () => {
    const { open, send, answers } = setUp({ server: () => new Promise(() => {}) });
    open();
    send(deep(5));
    send({ id: 6, method: "data.list" });
    send(deep(6));
    const code = RpcErrorCode.tooLarge;
    expect(answers()).toMatchObject([
      { id: 5, error: { code } },
      { id: null, error: { code } },
    ]);
  });
});

describe("a long result", () => {
  it("comes in parts", async () => {
    const result = { text: '\u{1f600}"'.repeat(300_000) };
    const { open, send, answers } = setUp({ server: async () => result });
    open();
    send({ id: 1, method: "http.fetch" });
    await vi.advanceTimersByTimeAsync(900);
    const heard: { id?: number; method?: string; params: { text: string } }[] = answers();
    const parts = heard.filter(({ method }) => method === "$/part");
    expect(parts.length).toBeGreaterThan(1);
    expect(heard.at(-1)).toEqual({ jsonrpc: "2.0", id: 1, result: null });
    expect(JSON.parse(parts.map(({ params }) => params.text).join(""))).toEqual(result);
  });

  it("is an error when it is too long even so", async () => {
    const long = "x".repeat(MAX_RESULT_CHARS);
    const { open, send, answers, onClosed } = setUp({ server: async () => long });
    open();
    send({ id: 1, method: "data.list" });
    await vi.advanceTimersByTimeAsync(0);
    expect(answers()).toMatchObject([{ id: 1, error: { code: RpcErrorCode.tooLarge } }]);
    expect(onClosed).not.toHaveBeenCalled();
  });

  it("ends a stream when it is a piece of one", async () => {
    const piece = "x".repeat(MAX_HOST_MESSAGE_CHARS);
    let over: unknown;
    const stream = async (_method: string, _params: object, call: BridgeCall) => {
      await call.send(piece);
      over = await call.send("next").catch((error: unknown) => error);
    };
    const { open, send, answers } = setUp({ stream });
    open();
    send({ id: 1, method: "ai.complete" });
    await vi.advanceTimersByTimeAsync(0);
    expect(answers()).toMatchObject([{ id: 1, error: { code: RpcErrorCode.tooLarge } }]);
    expect(over).toMatchObject({ name: "AbortError" });
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
    await vi.advanceTimersByTimeAsync(900);
    expect(answers()).toHaveLength(STREAM_CREDITS);
    send({ method: "$/credit", params: { id: 1, credits: 5 } });
    await vi.advanceTimersByTimeAsync(0);
    expect(answers()).toHaveLength(5);
  });

  it("is ended when nobody takes its pieces, and not when somebody does", async () => {
    const stream = async (_method: string, _params: object, call: BridgeCall) => {
      for (let n = 0; ; n++) await call.send(n, UNREAD_MS);
    };
    const { open, send, answers } = setUp({ stream });
    open();
    for (const id of [1, 2]) send({ id, method: "ai.complete" });
    await vi.advanceTimersByTimeAsync(UNREAD_MS - 1);
    send({ method: "$/credit", params: { id: 2, credits: 1 } });
    await vi.advanceTimersByTimeAsync(1);
    const ends = () => answers().filter(({ error }) => error);
    expect(ends()).toMatchObject([{ id: 1, error: { data: { code: "unread" } } }]);
    await vi.advanceTimersByTimeAsync(UNREAD_MS);
    expect(ends()).toMatchObject([{ id: 2, error: { data: { code: "unread" } } }]);
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
