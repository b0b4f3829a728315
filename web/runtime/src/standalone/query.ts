// What a filter and an order mean, as on the server (crates/nimbus-core/src/query.rs).
import { isObject } from "@cumulonimbus/protocol";
import type { StoredRecord } from "./records.ts";

/** A field of a record: of its data, else of the record itself. */
export function field(record: StoredRecord, name: string): unknown {
  if (Object.hasOwn(record.data, name)) return record.data[name];
  if (name === "id" || name === "revision" || name === "createdAt" || name === "updatedAt") {
    return record[name];
  }
  return null;
}

/** Whether a value is what a condition wants: a value, or comparisons that all hold. */
export function holds(found: unknown, wanted: unknown): boolean {
  if (!isObject(wanted)) return same(found, wanted);
  return Object.entries(wanted).every(([name, value]) => {
    const ordered = () =>
      typeof found === typeof value && (typeof found === "number" || typeof found === "string");
    switch (name) {
      case "eq":
        return same(found, value);
      case "ne":
        return !same(found, value);
      case "lt":
        return ordered() && compare(found, value) < 0;
      case "lte":
        return ordered() && compare(found, value) <= 0;
      case "gt":
        return ordered() && compare(found, value) > 0;
      case "gte":
        return ordered() && compare(found, value) >= 0;
      case "in":
        return Array.isArray(value) && value.some((choice) => same(found, choice));
      case "contains":
        return contains(found, value);
      default:
        return false;
    }
  });
}

/** The order of two values: missing ones, then false, true, numbers, texts, and all else. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : Number(a > b);
  return kind(a) - kind(b);
}

function contains(found: unknown, value: unknown): boolean {
  if (typeof found === "string" && typeof value === "string") {
    return found.toLowerCase().includes(value.toLowerCase());
  }
  return Array.isArray(found) && found.some((each) => same(each, value));
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function kind(value: unknown): number {
  if (value === null || value === undefined) return 0;
  return ["boolean", "number", "string"].indexOf(typeof value) + 1 || 4;
}
