import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HOST, type Host } from "../src/host.ts";
import { CallError, type StreamCall } from "../src/link.ts";
import { ai } from "../src/sdk/ai.ts";
import { makeStore } from "../src/sdk/collectionStore.ts";
import { data } from "../src/sdk/data.ts";
import { http } from "../src/sdk/http.ts";

type Told = (value: unknown) => void;

/** A host page that a test plays. */
function setUp(answer: (method: string, params: never) => unknown = () => null) {
  const streams: {
    method: string;
    params: unknown;
    tell: Told;
    end: (result?: unknown) => void;
    fail: (error: Error) => void;
    used: ReturnType<typeof vi.fn>;
    cancelled: boolean;
  }[] = [];
  const call = vi.fn(async (method: string, params: object) => answer(method, params as never));
  const stream = (method: string, params: object, tell: Told): StreamCall => {
    let end: (result?: unknown) => void = () => {};
    let fail: (error: Error) => void = () => {};
    const done = new Promise<unknown>((resolve, reject) => {
      end = resolve;
      fail = reject;
    });
    const entry = { method, params, tell, end, fail, used: vi.fn(), cancelled: false };
    streams.push(entry);
    const cancel = () => {
      entry.cancelled = true;
      fail(new CallError("cancelled", "The call was cancelled."));
    };
    return { done, used: entry.used, cancel };
  };
  const nothing = { ai: false, domains: [], sharedData: false };
  const host: Host = {
    call,
    stream,
    user: null,
    permissions: () => ({ declared: nothing, granted: nothing }),
    onPermissions: () => () => {},
  };
  (globalThis as { [key: symbol]: unknown })[HOST] = host;
  return { call, streams };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  delete (globalThis as { [key: symbol]: unknown })[HOST];
});

describe("ai.complete", () => {
  it("gives the pieces as they come, and the whole text", async () => {
    const { streams } = setUp();
    const answer = ai.complete("hello", { maxTokens: 5 });
    const [stream] = streams;
    expect(stream).toMatchObject({
      method: "ai.complete",
      params: { prompt: "hello", maxTokens: 5 },
    });
    const heard: string[] = [];
    const reading = (async () => {
      for await (const piece of answer) heard.push(piece);
    })();
    stream?.tell("one ");
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["one "]);
    stream?.tell("two");
    stream?.end({ usage: { promptTokens: 1, completionTokens: 2 } });
    await reading;
    expect(heard).toEqual(["one ", "two"]);
    expect(await answer).toBe("one two");
    expect(await answer.usage).toEqual({ promptTokens: 1, completionTokens: 2 });
    expect(stream?.used).toHaveBeenCalledTimes(2);
  });

  it("stops the model when the reader leaves or the signal says so", async () => {
    const { streams } = setUp();
    const left = ai.complete("a");
    streams[0]?.tell("x");
    for await (const _piece of left) break;
    expect(streams[0]?.cancelled).toBe(true);

    const stop = new AbortController();
    const aborted = ai.complete({ prompt: "b", signal: stop.signal });
    stop.abort();
    await expect(aborted).rejects.toMatchObject({ code: "cancelled" });
  });

  it("rejects as the host page refuses", async () => {
    const { streams } = setUp();
    const answer = ai.complete("a");
    streams[0]?.fail(new CallError("permission-needed", "No.", { permission: "ai" }));
    await expect(answer).rejects.toMatchObject({
      name: "CumulonimbusError",
      code: "permission-needed",
      permission: { permission: "ai" },
    });
  });
});

describe("http.fetch", () => {
  it("asks the host page and gives a response", async () => {
    const { call } = setUp(() => ({
      status: 201,
      headers: { "content-type": "application/json" },
      body: btoa('{"a":1}'),
      base64: true,
    }));
    const response = await http.fetch("https://api.example.org/x", {
      method: "post",
      headers: { Accept: "a/b" },
      body: new URLSearchParams({ q: "1 2" }),
    });
    expect(call.mock.calls[0]?.slice(0, 2)).toEqual([
      "http.fetch",
      {
        url: "https://api.example.org/x",
        method: "POST",
        headers: {
          accept: "a/b",
          "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
        },
        body: "q=1+2",
      },
    ]);
    expect(response.status).toBe(201);
    expect(response.url).toBe("https://api.example.org/x");
    expect(await response.json()).toEqual({ a: 1 });
  });

  it("refuses headers that no request can have", async () => {
    const { call } = setUp();
    const asked = http.fetch("https://api.example.org/", { headers: { "bad name": "x" } });
    await expect(asked).rejects.toMatchObject({ name: "CumulonimbusError", code: "bad-call" });
    expect(call).not.toHaveBeenCalled();
  });

  it("gives responses that have no body", async () => {
    setUp(() => ({ status: 204, headers: {}, body: "" }));
    const response = await http.fetch("https://api.example.org/");
    expect([response.status, response.body]).toEqual([204, null]);
  });
});

describe("a collection", () => {
  type Kept = { id: string; data: { n: number }; revision: number };
  /** A server with records that other windows change behind the store's back. */
  function serve() {
    const records: Kept[] = [{ id: "a", data: { n: 1 }, revision: 1 }];
    const world = setUp((method, params: { id: string; data: Kept["data"]; revision?: number }) => {
      const record = records.find(({ id }) => id === params.id);
      if (method === "data.query") return { items: structuredClone(records), nextCursor: null };
      if (method === "data.create") {
        const made = { id: `r${records.length}`, data: params.data, revision: 1 };
        records.push(made);
        return structuredClone(made);
      }
      if (!record) throw new CallError("not-found", "It does not exist.");
      if (method === "data.get") return structuredClone(record);
      if (method === "data.delete") return records.splice(records.indexOf(record), 1) && null;
      if (params.revision !== record.revision) throw new CallError("conflict", "It changed.");
      Object.assign(record, { data: params.data, revision: record.revision + 1 });
      return structuredClone(record);
    });
    return { records, ...world };
  }
  let stop = () => {};
  // All collections of a page share what follows them.
  afterEach(() => stop());
  const start = async () => {
    const world = serve();
    const store = makeStore("notes", {});
    stop = store.subscribe(() => {});
    await vi.advanceTimersByTimeAsync(0);
    const items = () => store.snapshot().items.map(({ id, n }) => `${id}${n}`);
    return { ...world, store, items };
  };
  const settle = () => vi.advanceTimersByTimeAsync(50);

  it("shows what is read, added, changed and removed", async () => {
    const { store, items } = await start();
    expect(items()).toEqual(["a1"]);
    const { id } = await store.snapshot().add({ n: 5 });
    await store.snapshot().update("a", { n: 2 });
    expect(items()).toEqual(["a2", `${id}5`]);
    await store.snapshot().remove("a");
    await store.snapshot().remove("a");
    expect(items()).toEqual([`${id}5`]);
  });

  it("follows other windows, and reads nothing that it knows", async () => {
    const { records, streams, items, call } = await start();
    records.push({ id: "b", data: { n: 7 }, revision: 1 });
    streams[0]?.tell({ op: "create", id: "b", revision: 1 });
    await settle();
    expect(items()).toEqual(["a1", "b7"]);
    const asked = call.mock.calls.length;
    streams[0]?.tell({ op: "update", id: "b", revision: 1 });
    await settle();
    expect(call.mock.calls.length).toBe(asked);
    streams[0]?.tell({ op: "delete", id: "b", revision: 1 });
    expect(items()).toEqual(["a1"]);
    records.push({ id: "c", data: { n: 9 }, revision: 1 });
    streams[0]?.tell({ op: "resync" });
    await settle();
    expect(items()).toEqual(["a1", "b7", "c9"]);
  });

  it("makes a change to what another window has stored meanwhile", async () => {
    const { records, store, items } = await start();
    Object.assign(records[0] as Kept, { data: { n: 1, other: "theirs" }, revision: 4 });
    await store.snapshot().update("a", { n: 3 });
    expect(items()).toEqual(["a3"]);
    expect(records[0]).toEqual({ id: "a", data: { n: 3, other: "theirs" }, revision: 5 });
  });

  it("makes changes of one record that come together one after another", async () => {
    const { records, store, call } = await start();
    const { update } = store.snapshot();
    const names = ["x", "y", "z"];
    const items = await Promise.all(names.map((name) => update("a", { [name]: true })));
    expect(records[0]).toEqual({ id: "a", data: { n: 1, x: true, y: true, z: true }, revision: 4 });
    expect(items.map(({ revision }) => revision)).toEqual([2, 3, 4]);
    expect(call.mock.calls.map(([method]) => method)).not.toContain("data.get");
  });

  it("gives a change up that always comes too late, and goes on with the next", async () => {
    const { records, store, call } = await start();
    const answer = call.getMockImplementation();
    let tries = 0;
    // Whoever writes a 2 finds that another window was faster.
    call.mockImplementation(async (method, params) => {
      const [record] = records;
      if (method === "data.update" && record && (params as { data: { n: number } }).data.n === 2) {
        tries++;
        record.revision++;
      }
      return answer?.(method, params);
    });
    const refused = store.snapshot().update("a", { n: 2 });
    const next = store.snapshot().update("a", { n: 3 });
    await expect(refused).rejects.toMatchObject({ code: "conflict" });
    expect(tries).toBe(8);
    expect(await next).toMatchObject({ n: 3 });
    expect(records[0]?.data).toEqual({ n: 3 });
  });

  it("stops following when nobody looks", async () => {
    const { streams } = await start();
    stop();
    expect(streams[0]?.cancelled).toBe(true);
  });
});

describe("a list", () => {
  it("is read a page at a time until there is no more", async () => {
    const pages = [["a", "b"], ["c"], []];
    const { call } = setUp((_method, { cursor }: { cursor?: string }) => {
      const at = Number(cursor ?? 0);
      const items = (pages[at] ?? []).map((id) => ({ id, data: {}, revision: 1 }));
      return { items, nextCursor: at + 1 < pages.length ? String(at + 1) : null };
    });
    const items = await data.list("notes", { scope: "shared" });
    expect(items.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    const asked = { collection: "notes", scope: "shared", limit: 500 };
    expect(call.mock.calls.map(([method, params]) => [method, params])).toEqual([
      ["data.query", asked],
      ["data.query", { ...asked, cursor: "1" }],
      ["data.query", { ...asked, cursor: "2" }],
    ]);
  });
});

describe("a record", () => {
  const circle: Record<string, unknown> = {};
  circle.inner = { list: [circle] };
  const nested = (levels: number): object => (levels === 1 ? {} : { a: nested(levels - 1) });

  it.each<[string, unknown, string, RegExp]>([
    ["a list", [1, 2], "bad-call", /not a list/],
    ["a text", "x", "bad-call", /not a string/],
    ["null", null, "bad-call", /not null/],
    ["a map", new Map([["a", 1]]), "bad-call", /not a Map/],
    ["a function in it", { a: { b: () => {} } }, "bad-call", /`a\.b` is a function/],
    ["a number that is none", { a: [0, Number.NaN] }, "bad-call", /`a\[1\]` is NaN/],
    ["a big integer", { a: 1n }, "bad-call", /`a` is a bigint/],
    ["a set in it", { tags: new Set(["a"]) }, "bad-call", /`tags` is a Set/],
    ["bytes in it", { file: new Uint8Array(4) }, "bad-call", /`file` is a Uint8Array/],
    ["itself in it", circle, "bad-call", /`inner\.list\[0\]`/],
    ["forty levels", nested(40), "too-large", /30 deep/],
  ])("that is or has %s is refused before it is sent", async (_what, fields, code, says) => {
    const { call } = setUp();
    const created = data.create("notes", fields as never);
    await expect(created).rejects.toMatchObject({ name: "CumulonimbusError", code });
    await expect(data.update("notes", "a", fields as never)).rejects.toThrow(says);
    expect(call).not.toHaveBeenCalled();
  });

  it("is sent with all that JSON can hold, and without the server's own fields", async () => {
    const sent: unknown[] = [];
    setUp((_method, params: { data: object }) => {
      sent.push(params.data);
      return { id: "r", data: params.data, revision: 1 };
    });
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    class Point {
      x = 1;
    }
    const when = new Date(0);
    const fields = { at: when, point: new Point(), gone: undefined, deep: nested(29) };
    await data.create("notes", { ...fields, id: "mine", createdAt: 5 });
    await data.create("notes", { ...fields, id: "mine" });
    expect(sent).toEqual([fields, fields]);
    expect(warned.mock.calls.flat().filter((line) => String(line).includes("`id`"))).toHaveLength(
      1,
    );
    warned.mockRestore();
  });
});
