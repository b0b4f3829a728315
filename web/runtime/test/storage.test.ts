// @vitest-environment jsdom
// @vitest-environment-options { "url": "http://localhost/" }
import { afterEach, describe, expect, it, vi } from "vitest";
import { Area, type AreaChange } from "../src/storage/area.ts";
import { isKeyed, keyedOver } from "../src/storage/keyed.ts";
import { sharedOver } from "../src/storage/shared.ts";
import { storageOver } from "../src/storage/shim.ts";
import { StorageWriter } from "../src/storage/writer.ts";

function makeArea(items: Record<string, string> = {}) {
  const changes: AreaChange[] = [];
  const area = new Area(Object.entries(items), (change) => changes.push(change));
  return { area, changes, storage: storageOver(area) };
}

afterEach(() => {
  window.localStorage.clear();
});

// Each runs over the shim and over a browser-like `localStorage`, and must come out the same.
const SCRIPTS: Record<string, (storage: Storage) => unknown> = {
  "an empty one": (s) => [s.length, s.key(0), s.getItem("a"), s.a, Object.keys(s)],
  "set and get": (s) => {
    s.setItem("a", "1");
    return [s.getItem("a"), s.length, s.key(0), s.key(1), s.a];
  },
  "values become strings": (s) => {
    const set = s.setItem.bind(s) as (key: unknown, value: unknown) => void;
    set("n", 1);
    set("o", { a: 1 });
    set(2, null);
    set("u", undefined);
    s.p = true;
    return ["n", "o", "2", "u", "p"].map((key) => s.getItem(key));
  },
  "named access": (s) => {
    s.theme = "dark";
    const before = ["theme" in s, s.theme, Object.hasOwn(s, "theme"), "other" in s];
    delete s.theme;
    return [...before, "theme" in s, s.theme, s.getItem("theme")];
  },
  listing: (s) => {
    s.b = "2";
    s.a = "1";
    const names: string[] = [];
    for (const name in s) if (Object.hasOwn(s, name)) names.push(name);
    return [Object.keys(s), names, Object.entries(s), JSON.stringify(s), { ...s }];
  },
  "names of members": (s) => {
    s.setItem("getItem", "x");
    s.setItem("length", "y");
    s.setItem("toString", "z");
    return [
      typeof s.getItem,
      s.length,
      s.getItem("getItem"),
      s.getItem("length"),
      s.getItem("toString"),
      "getItem" in s,
      "length" in s,
    ];
  },
  "remove and clear": (s) => {
    s.setItem("a", "1");
    s.setItem("b", "2");
    s.removeItem("a");
    s.removeItem("nothing");
    const left = s.length;
    s.clear();
    return [left, s.length, s.getItem("b")];
  },
  "a descriptor": (s) => {
    s.setItem("a", "1");
    return [Object.getOwnPropertyDescriptor(s, "a"), Object.getOwnPropertyDescriptor(s, "b")];
  },
  "too few arguments": (s) => {
    const call = (run: () => unknown) => {
      try {
        return run();
      } catch (error) {
        return (error as Error).name;
      }
    };
    const bare = s as unknown as Record<string, () => unknown>;
    return ["getItem", "setItem", "removeItem", "key"].map((name) => call(() => bare[name]?.()));
  },
  "what it is": (s) => [s instanceof Storage, Object.prototype.toString.call(s)],
  defineProperty: (s) => {
    Object.defineProperty(s, "a", {
      value: 5,
      configurable: true,
      enumerable: true,
      writable: true,
    });
    return s.getItem("a");
  },
};

describe("the shim behaves as a browser's storage", () => {
  it.each(Object.entries(SCRIPTS))("%s", (_name, script) => {
    expect(script(makeArea().storage)).toEqual(script(window.localStorage));
  });

  it("throws what an app expects when it is full", () => {
    const { storage } = makeArea();
    for (let i = 0; i < 5; i++) storage.setItem(`part${i}`, "x".repeat(1_000_000));
    const overfill = () => storage.setItem("last", "x".repeat(300_000));
    expect(overfill).toThrow(DOMException);
    expect(overfill).toThrow(expect.objectContaining({ name: "QuotaExceededError" }));
    expect(storage.getItem("last")).toBeNull();
    storage.removeItem("part0");
    expect(overfill).not.toThrow();
  });

  it("refuses a key that the server would not take", () => {
    const { storage, changes } = makeArea();
    expect(() => storage.setItem("k".repeat(2000), "v")).toThrow("key");
    expect(changes).toEqual([]);
  });
});

describe("Area", () => {
  it("tells of changes and of nothing else", () => {
    const { area, changes } = makeArea({ a: "1" });
    area.set("a", "1");
    area.remove("b");
    expect(changes).toEqual([]);
    area.set("a", "2");
    area.remove("a");
    area.clear();
    expect(changes).toEqual([
      { kind: "set", key: "a", value: "2" },
      { kind: "remove", key: "a" },
    ]);
  });
});

describe("window.storage", () => {
  it("keeps its keys apart from localStorage", async () => {
    const area = new Area([], () => {});
    const local = storageOver(area, isKeyed);
    const keyed = keyedOver(area, () => {});
    await keyed.set("score", { points: 3 });
    local.setItem("score", "9");
    expect(await keyed.get("score")).toEqual({
      key: "score",
      value: '{"points":3}',
      shared: false,
    });
    expect(Object.keys(local)).toEqual(["score"]);
    local.clear();
    expect(await keyed.list()).toEqual({ keys: ["score"], shared: false });
    expect(await keyed.delete("score")).toEqual({ key: "score", deleted: true, shared: false });
    expect(await keyed.delete("score")).toMatchObject({ deleted: false });
  });

  it("rejects for a key that is not there", async () => {
    const keyed = keyedOver(new Area([], () => {}), () => {});
    await expect(keyed.get("nothing")).rejects.toThrow("`nothing`");
  });

  it("lists by prefix, and keeps what is shared apart", async () => {
    const onShared = vi.fn();
    const keyed = keyedOver(new Area([], () => {}), onShared);
    await keyed.set("todo:1", "a");
    await keyed.set("note:1", "b");
    expect(onShared).not.toHaveBeenCalled();
    await keyed.set("todo:2", "c", true);
    expect(await keyed.list("todo:")).toEqual({ keys: ["todo:1"], prefix: "todo:", shared: false });
    expect(await keyed.list("", true)).toEqual({ keys: ["todo:2"], shared: true });
    expect(onShared).toHaveBeenCalledTimes(2);
  });
});

describe("what window.storage shares", () => {
  /** A server that keeps records and knows the one query that is made. */
  function serve() {
    const records: { id: string; data: { key: string; value: string } }[] = [];
    return async (method: string, params: object): Promise<unknown> => {
      const { scope, id, data, filter } = params as {
        scope: string;
        id: string;
        data: { key: string; value: string };
        filter?: { key: { eq: string } };
      };
      expect(scope).toBe("shared");
      const at = records.findIndex((record) => record.id === id);
      if (method === "data.query") {
        const wanted = filter?.key.eq;
        const items = records.filter(({ data }) => wanted === undefined || data.key === wanted);
        return { items, nextCursor: null };
      }
      if (method === "data.create") records.push({ id: `r${records.length}`, data });
      if (method === "data.update") records[at] = { id, data };
      if (method === "data.delete") records.splice(at, 1);
      return null;
    };
  }

  it("lies on the server, apart from the person's own", async () => {
    const onShared = vi.fn();
    const keyed = keyedOver(new Area([], () => {}), onShared, sharedOver(serve()));
    await keyed.set("score", 1, true);
    await keyed.set("score", 2, true);
    await keyed.set("score", 3);
    expect(await keyed.get("score", true)).toMatchObject({ value: "2" });
    expect(await keyed.list("sc", true)).toMatchObject({ keys: ["score"] });
    expect(await keyed.delete("score", true)).toMatchObject({ deleted: true });
    await expect(keyed.get("score", true)).rejects.toThrow("`score`");
    expect(await keyed.get("score")).toMatchObject({ value: "3" });
    expect(onShared).not.toHaveBeenCalled();
  });
});

describe("StorageWriter", () => {
  function makeWriter() {
    const sent: unknown[][] = [];
    const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const failures: unknown[] = [];
    const writer = new StorageWriter(
      (...call) =>
        new Promise<void>((resolve, reject) => {
          sent.push(call);
          answers.push({ resolve, reject });
        }),
      (keys, error) => failures.push([keys, (error as Error).message]),
    );
    const set = (key: string, value: string) => writer.note({ kind: "set", key, value });
    return { writer, sent, answers, failures, set };
  }
  const turn = () => new Promise((resolve) => setTimeout(resolve));

  it("sends when the script ends, only the last value of each key, in the order of change", async () => {
    const { writer, sent, set } = makeWriter();
    set("a", "1");
    set("b", "1");
    set("a", "2");
    writer.note({ kind: "remove", key: "c" });
    expect(sent).toEqual([]);
    await turn();
    expect(sent).toEqual([["storage.patch", { set: { b: "1", a: "2" }, remove: ["c"] }]]);
  });

  it("clears before what comes after, and forgets what came before", async () => {
    const { writer, sent, answers, set } = makeWriter();
    set("a", "1");
    writer.note({ kind: "clear" });
    set("b", "1");
    await turn();
    answers[0]?.resolve();
    await turn();
    expect(sent).toEqual([
      ["storage.clear", {}],
      ["storage.patch", { set: { b: "1" }, remove: [] }],
    ]);
  });

  it("keeps one call on its way and gathers the rest", async () => {
    const { sent, answers, set } = makeWriter();
    set("a", "1");
    await turn();
    set("b", "1");
    set("c", "1");
    await turn();
    set("c", "2");
    expect(sent).toHaveLength(1);
    answers[0]?.resolve();
    await turn();
    expect(sent.slice(1)).toEqual([["storage.patch", { set: { b: "1", c: "2" }, remove: [] }]]);
  });

  it("divides much into several patches", async () => {
    const { writer, sent, set } = makeWriter();
    for (let i = 0; i < 2_500; i++) set(`k${i}`, "1");
    set("long", "x".repeat(159 * 1024));
    void writer.flush();
    const keys = sent.map(([, params]) => Object.keys((params as { set: object }).set).length);
    expect(keys).toEqual([1_000, 1_000, 500, 1]);
  });

  it("sends a value that no message could carry in parts", () => {
    const { writer, sent, set } = makeWriter();
    const value = "\u0001".repeat(400 * 1024);
    set("large", value);
    void writer.flush();
    const parts = sent.slice(0, 3).map(([method, params]) => {
      expect(method).toBe("storage.part");
      expect(JSON.stringify(params).length).toBeLessThan(1024 * 1024);
      return (params as { transfer: string; text: string }).text;
    });
    expect(parts.join("")).toBe(value);
    expect(sent.slice(3)).toEqual([
      ["storage.patch", { set: {}, remove: [], large: { large: "v1" } }],
    ]);
  });

  it("sends everything when the page goes, and knows when all of it is there", async () => {
    const { writer, sent, answers, set } = makeWriter();
    set("a", "1");
    await turn();
    set("b", "1");
    let there = false;
    const flushed = writer.flush().then(() => {
      there = true;
    });
    expect(sent).toHaveLength(2);
    answers[0]?.resolve();
    await turn();
    expect(there).toBe(false);
    answers[1]?.resolve();
    await flushed;
  });

  it("sends keys that are names of objects' own parts", async () => {
    const { sent, set } = makeWriter();
    set("__proto__", "1");
    await turn();
    expect(JSON.stringify(sent[0])).toBe('["storage.patch",{"set":{"__proto__":"1"},"remove":[]}]');
  });

  it("tells what could not be saved and goes on", async () => {
    const { sent, answers, failures, set } = makeWriter();
    set("a", "1");
    await turn();
    answers[0]?.reject(new Error("full"));
    await turn();
    set("b", "1");
    await turn();
    expect(failures).toEqual([[["a"], "full"]]);
    expect(sent).toHaveLength(2);
  });
});
