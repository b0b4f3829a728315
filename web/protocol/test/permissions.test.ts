import { expect, it } from "vitest";
import {
  allows,
  isEmpty,
  NO_PERMISSIONS,
  readNeeded,
  readPermissions,
  union,
  without,
} from "../src/index.ts";

const AI = { ...NO_PERMISSIONS, ai: true };
const WEB = { ...NO_PERMISSIONS, domains: ["a.example", "b.example"] };

it("knows what a set allows", () => {
  expect(allows(AI, { permission: "ai" })).toBe(true);
  expect(allows(AI, { permission: "sharedData" })).toBe(false);
  expect(allows(WEB, { permission: "http", domain: "a.example" })).toBe(true);
  expect(allows(WEB, { permission: "http", domain: "x.a.example" })).toBe(false);
  expect(allows(WEB, { permission: "http" })).toBe(true);
  expect(allows(AI, { permission: "http" })).toBe(false);
});

it("adds sets and takes them from each other", () => {
  const both = union(AI, { ...WEB, domains: ["b.example", "a.example"] });
  expect(both).toEqual({ ai: true, domains: ["a.example", "b.example"], sharedData: false });
  expect(without(both, WEB)).toEqual(AI);
  expect(isEmpty(without(both, both))).toBe(true);
  expect(isEmpty(WEB)).toBe(false);
});

it("reads nothing that is not whole", () => {
  expect(readPermissions({ ...WEB, reasons: { http: "news", ai: 1 } })).toEqual({
    ...WEB,
    reasons: { http: "news" },
  });
  for (const wrong of [null, [], {}, { ...AI, ai: "yes" }, { ...AI, domains: [1] }]) {
    expect(readPermissions(wrong)).toBeUndefined();
  }
  expect(readNeeded({ permission: "http", domain: "a.example", code: "x" })).toEqual({
    permission: "http",
    domain: "a.example",
  });
  for (const wrong of [undefined, {}, { permission: "constructor" }, { permission: 1 }]) {
    expect(readNeeded(wrong)).toBeUndefined();
  }
});
