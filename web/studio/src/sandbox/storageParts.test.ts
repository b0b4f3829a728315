import { MAX_STORAGE_BYTES, RpcErrorCode } from "@cumulonimbus/protocol";
import { expect, it } from "vitest";
import { StorageParts } from "./storageParts.ts";

it("puts long values into their patch", () => {
  const parts = new StorageParts();
  parts.add({ transfer: "a", text: "one \ud83d" });
  parts.add({ transfer: "b", text: "other" });
  parts.add({ transfer: "a", text: "\ude00 two" });
  const large = JSON.parse('{"__proto__":"a","k":"b"}');
  const patch = parts.complete({ set: { s: "1" }, remove: ["r"], large });
  expect(JSON.stringify(patch)).toBe(
    '{"remove":["r"],"set":{"s":"1","__proto__":"one 😀 two","k":"other"}}',
  );
  expect(() => parts.complete({ set: {}, large: { k: "a" } })).toThrow();
});

it("leaves other patches as they are", () => {
  const patch = { set: { a: "1" }, remove: [] };
  expect(new StorageParts().complete(patch)).toEqual(patch);
});

it("keeps no more than a storage area holds", () => {
  const parts = new StorageParts();
  const text = "x".repeat(MAX_STORAGE_BYTES / 2);
  parts.add({ transfer: "a", text });
  parts.add({ transfer: "a", text });
  expect(() => parts.add({ transfer: "b", text: "x" })).toThrow(
    expect.objectContaining({ code: RpcErrorCode.tooLarge }),
  );
  expect(() => parts.complete({ set: {}, large: { k: "a" } })).toThrow();
});

it("refuses what is malformed", () => {
  const parts = new StorageParts();
  for (const wrong of [{}, { transfer: 1, text: "" }, { transfer: "a" }]) {
    expect(() => parts.add(wrong)).toThrow(
      expect.objectContaining({ code: RpcErrorCode.invalidParams }),
    );
  }
  expect(() => parts.complete({ set: {}, large: 1 })).toThrow();
});
