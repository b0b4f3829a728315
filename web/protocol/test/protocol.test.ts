import { describe, expect, it } from "vitest";
import {
  callIdOf,
  carrierOf,
  exceedsDepth,
  hmacSha256,
  openEnvelope,
  parseMessage,
  plainText,
  RpcErrorCode,
  randomKey,
  readAppState,
  readConsoleLine,
  readHello,
  readInit,
  readLaunchBlock,
  seal,
  sequenceOf,
  TokenBucket,
  toHex,
  utf8Length,
} from "../src/index.ts";

const bytes = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16));

describe("hmacSha256", () => {
  // RFC 4231, test cases 1, 2 and 6.
  it.each([
    [
      "0b".repeat(20),
      "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      "4a656665",
      "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    [
      "aa".repeat(131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
  ])("answers RFC 4231 (key %s)", (key, text, mac) => {
    expect(toHex(hmacSha256(bytes(key), text))).toBe(mac);
  });

  it("agrees with the platform at every length around a block", async () => {
    const key = randomKey();
    const imported = await crypto.subtle.importKey(
      "raw",
      new Uint8Array(key),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    for (const length of [0, 1, 54, 55, 56, 63, 64, 65, 119, 120, 128, 100_000]) {
      const text = "ü".repeat(length);
      const theirs = await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(text));
      expect(toHex(hmacSha256(key, text))).toBe(toHex(new Uint8Array(theirs)));
    }
  });
});

describe("envelope", () => {
  const key = randomKey();
  const body = '{"a":"}\\"mac\\":"}';
  const sealed = seal(key, "L", "frame", 7, body);

  it("is JSON and opens to the same characters", () => {
    expect(JSON.parse(sealed)).toMatchObject({ seq: 7, body: { a: '}"mac":' } });
    expect(openEnvelope(key, "L", "frame", 7, sealed)).toEqual({ ok: true, body });
    expect(sequenceOf(sealed)).toBe(7);
  });

  it.each([
    ["replayed", openEnvelope(key, "L", "frame", 8, sealed), "sequence"],
    ["skipped", openEnvelope(key, "L", "frame", 6, sealed), "sequence"],
    ["sent back", openEnvelope(key, "L", "host", 7, sealed), "signature"],
    ["of another launch", openEnvelope(key, "M", "frame", 7, sealed), "signature"],
    ["of another key", openEnvelope(randomKey(), "L", "frame", 7, sealed), "signature"],
    ["changed", openEnvelope(key, "L", "frame", 7, sealed.replace('"a"', '"b"')), "signature"],
    ["bare", openEnvelope(key, "L", "frame", 7, body), "shape"],
    ["cut", openEnvelope(key, "L", "frame", 7, sealed.slice(0, -1)), "signature"],
  ])("refuses a message that was %s", (_name, opened, reason) => {
    expect(opened).toEqual({ ok: false, reason });
  });
});

describe("exceedsDepth", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);

  it("counts nesting and not width", () => {
    expect(exceedsDepth(nested(32), 32)).toBe(false);
    expect(exceedsDepth(nested(33), 32)).toBe(true);
    expect(exceedsDepth(`[${"[],".repeat(100)}[]]`, 32)).toBe(false);
  });

  it("ignores brackets in strings, also behind escapes", () => {
    expect(exceedsDepth(JSON.stringify([`\\"${"[".repeat(100)}`]), 2)).toBe(false);
  });

  it("turns away what would overflow a parser", () => {
    expect(exceedsDepth(nested(1_000_000), 32)).toBe(true);
  });
});

it("utf8Length is what TextEncoder makes", () => {
  for (const text of ["", "abc", "ü", "€", "😀", "a😀b", "\ud800", "\ud800a", "\udc00\ud800"]) {
    expect(utf8Length(text), text).toBe(new TextEncoder().encode(text).length);
  }
});

describe("TokenBucket", () => {
  it("allows a burst, then the rate", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0);
    expect([1, 2, 3, 4].map(() => bucket.take(0))).toEqual([true, true, true, false]);
    expect(bucket.wait(0)).toBe(100);
    expect(bucket.take(99)).toBe(false);
    expect(bucket.take(100)).toBe(true);
    expect(bucket.take(100)).toBe(false);
    expect([1, 2, 3, 4].map(() => bucket.take(1e9))).toEqual([true, true, true, false]);
  });

  it("does not mind a clock that goes back", () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 1 }, 1000);
    expect(bucket.take(1000)).toBe(true);
    expect(bucket.take(0)).toBe(false);
    expect(bucket.take(1099)).toBe(false);
    expect(bucket.take(1100)).toBe(true);
  });
});

describe("parseMessage", () => {
  it("reads calls, notifications and answers", () => {
    expect(parseMessage('{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1}}')).toEqual({
      kind: "request",
      id: 1,
      method: "m",
      params: { a: 1 },
    });
    expect(parseMessage('{"jsonrpc":"2.0","method":"m"}')).toEqual({
      kind: "notification",
      method: "m",
      params: {},
    });
    expect(parseMessage('{"jsonrpc":"2.0","id":1,"result":null}')).toEqual({
      kind: "response",
      id: 1,
      result: null,
    });
    expect(
      parseMessage('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}'),
    ).toMatchObject({ kind: "response", id: null, error: { code: -32700, message: "no" } });
  });

  it.each([
    ["{", RpcErrorCode.parse],
    ["null", RpcErrorCode.invalidRequest],
    ["[]", RpcErrorCode.invalidRequest],
    ['{"method":"m"}', RpcErrorCode.invalidRequest],
    ['{"jsonrpc":"2.0","method":1}', RpcErrorCode.invalidRequest],
    ['{"jsonrpc":"2.0","method":"m","params":[]}', RpcErrorCode.invalidRequest],
    ['{"jsonrpc":"2.0","method":"m","id":null}', RpcErrorCode.invalidRequest],
    ['{"jsonrpc":"2.0","method":"m","id":{}}', RpcErrorCode.invalidRequest],
    ['{"jsonrpc":"2.0","method":"m","id":1.5}', RpcErrorCode.invalidRequest],
    [`{"jsonrpc":"2.0","method":"m","id":"${"x".repeat(65)}"}`, RpcErrorCode.invalidRequest],
    ['{"jsonrpc":"2.0","id":1}', RpcErrorCode.invalidRequest],
    ['{"jsonrpc":"2.0","id":1,"error":"no"}', RpcErrorCode.invalidRequest],
  ])("refuses %s", (text, code) => {
    expect(parseMessage(text)).toMatchObject({ kind: "unreadable", error: { code } });
  });

  it("leaves every object's prototype alone", () => {
    parseMessage('{"jsonrpc":"2.0","method":"m","params":{"__proto__":{"polluted":1}}}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

it("names who carries a method out, and nobody for what is none", () => {
  expect(carrierOf("data.list")).toBe("server");
  expect(carrierOf("ai.complete")).toBe("stream");
  expect(carrierOf("ui.confirm")).toBe("person");
  for (const method of ["constructor", "__proto__", "toString", "data.drop", "app.state"]) {
    expect(carrierOf(method), method).toBeUndefined();
  }
});

describe("messages", () => {
  it("reads a hello of this version only", () => {
    const hello = { hello: "cumulonimbus", v: 1, launch: "abc" };
    expect(readHello(hello)).toEqual(hello);
    for (const wrong of [
      null,
      "x",
      [],
      { ...hello, v: 2 },
      { ...hello, launch: 1 },
      { ...hello, launch: "" },
      { ...hello, launch: "x".repeat(129) },
    ]) {
      expect(readHello(wrong)).toBeUndefined();
    }
  });

  it("reads an init only when it is whole", () => {
    const init = { v: 1, key: "ab".repeat(32), storage: { local: { a: "1" } } };
    const nothing = { ai: false, domains: [], sharedData: false };
    expect(readInit(JSON.stringify(init))).toEqual({
      ...init,
      user: null,
      permissions: { declared: nothing, granted: nothing },
    });
    const more = {
      ...init,
      user: { id: "u", name: "Ada" },
      permissions: {
        declared: { ...nothing, ai: true, reasons: { ai: "to help" } },
        granted: nothing,
      },
    };
    expect(readInit(JSON.stringify(more))).toEqual(more);
    for (const wrong of [
      "x",
      "null",
      JSON.stringify({ ...init, key: "ab" }),
      JSON.stringify({ ...init, storage: {} }),
      JSON.stringify({ ...init, storage: { local: { a: 1 } } }),
    ]) {
      expect(readInit(wrong)).toBeUndefined();
    }
    expect(readInit(init)).toBeUndefined();
  });

  it("names what a launch block lacks", () => {
    expect(() => readLaunchBlock('{"host":"http://h","launch":"l","app":"a"}')).toThrow(
      "`version`",
    );
    expect(() => readLaunchBlock("[]")).toThrow("object");
  });

  it("cleans what an app says of itself", () => {
    expect(
      readAppState({ state: "error", message: "a\u202eb\u0000c\n<b>", line: 3, column: -1 }),
    ).toEqual({
      state: "error",
      message: "abc\n<b>",
      line: 3,
    });
    expect(readAppState({ state: "loading", message: "" })).toBeUndefined();
    expect(readAppState({ state: "error" })).toBeUndefined();
    expect(readConsoleLine({ level: "trace", text: "" })).toBeUndefined();
    expect(readConsoleLine({ level: "log", text: "x".repeat(5000) })?.text).toHaveLength(2000);
    expect(plainText("x".repeat(10), 5)).toBe("xxxx…");
  });
});

it("finds the id of a call in the place where the runtime writes it, and nowhere else", () => {
  const sealed = (body: string) => seal(new Uint8Array(32), "L", "frame", 3, body);
  const call = (id: string) => `{"jsonrpc":"2.0","id":${id},"method":"data.list","params":{}}`;
  expect(callIdOf(sealed(call("17")))).toBe(17);
  for (const body of [call('"17"'), call("1.5"), call("-1"), ` ${call("1")}`, '{"id":1}']) {
    expect(callIdOf(sealed(body)), body).toBeUndefined();
  }
  expect(callIdOf(call("17"))).toBeUndefined();
});
