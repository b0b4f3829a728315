// Collections of records in `localStorage`: what the server does for an app that it hosts.
import { isObject, type JsonObject } from "@cumulonimbus/protocol";
import { CallError } from "../link.ts";
import { NAMESPACE } from "./place.ts";
import { compare, field, holds } from "./query.ts";

/** A record as it is kept, and as the SDK is told of it. */
export type StoredRecord = {
  readonly id: string;
  readonly data: JsonObject;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
};

/** A change of a collection. */
export type Change = { readonly op: string; readonly id?: string; readonly revision?: number };

const DEFAULT_LIMIT = 100;
const watchers = new Map<string, Set<(change: Change) => void>>();

// Another window of the same app has written: which record is not told, so all are read again.
window.addEventListener("storage", ({ key }) => {
  for (const [name, told] of watchers) {
    if (key === null || key === name) for (const tell of told) tell({ op: "resync" });
  }
});

/** Tells of the changes to a collection until the answer is called. */
export function watch(params: JsonObject, tell: (change: Change) => void): () => void {
  const key = keyOf(params);
  const told = watchers.get(key) ?? new Set();
  watchers.set(key, told.add(tell));
  return () => told.delete(tell);
}

/** All records of a collection, oldest first. */
export function list(params: JsonObject): StoredRecord[] {
  return read(keyOf(params));
}

/** One record. @throws CallError `not-found`. */
export function get(params: JsonObject): StoredRecord {
  const found = read(keyOf(params)).find(({ id }) => id === params.id);
  if (found) return found;
  throw new CallError("not-found", "this record does not exist");
}

/** A page of the records that a query finds. The cursor is how many came before. */
export function query(params: JsonObject): {
  items: StoredRecord[];
  nextCursor: string | null;
} {
  const conditions = Object.entries(isObject(params.filter) ? params.filter : {});
  const sorts = Array.isArray(params.sort) ? (params.sort as JsonObject[]) : [];
  const found = read(keyOf(params)).filter((record) =>
    conditions.every(([name, wanted]) => holds(field(record, name), wanted)),
  );
  found.sort((a, b) => {
    for (const { field: name, direction } of sorts) {
      const order = compare(field(a, String(name)), field(b, String(name)));
      if (order !== 0) return direction === "desc" ? -order : order;
    }
    return 0;
  });
  const start = Number(params.cursor ?? 0);
  const end = start + Number(params.limit ?? DEFAULT_LIMIT);
  return { items: found.slice(start, end), nextCursor: end < found.length ? String(end) : null };
}

/** A new record. */
export function create(params: JsonObject): StoredRecord {
  const now = new Date().toISOString();
  const data = isObject(params.data) ? params.data : {};
  const record = { id: newId(), data, revision: 1, createdAt: now, updatedAt: now };
  change(params, (records) => [...records, record]);
  tell(params, { op: "create", id: record.id, revision: 1 });
  return record;
}

/** Replaces a record's fields. @throws CallError `not-found` or `conflict`. */
export function update(params: JsonObject): StoredRecord {
  const old = get(params);
  if (typeof params.revision === "number" && params.revision !== old.revision) {
    throw new CallError("conflict", `it is at revision ${old.revision}`);
  }
  const data = isObject(params.data) ? params.data : {};
  const updatedAt = new Date().toISOString();
  const record = { ...old, data, revision: old.revision + 1, updatedAt };
  change(params, (records) => records.map((each) => (each.id === old.id ? record : each)));
  tell(params, { op: "update", id: record.id, revision: record.revision });
  return record;
}

/** Removes a record. @throws CallError `not-found`. */
export function remove(params: JsonObject): void {
  const { id, revision } = get(params);
  change(params, (records) => records.filter((each) => each.id !== id));
  tell(params, { op: "delete", id, revision });
}

function change(
  params: JsonObject,
  make: (records: StoredRecord[]) => readonly StoredRecord[],
): void {
  const key = keyOf(params);
  const made = JSON.stringify(make(read(key)));
  try {
    localStorage.setItem(key, made);
  } catch {
    throw new CallError("quota", "This browser keeps no more for the app.");
  }
}

function tell(params: JsonObject, told: Change): void {
  const listeners = [...(watchers.get(keyOf(params)) ?? [])];
  // Not before the caller has its answer, as from a server.
  queueMicrotask(() => {
    for (const listener of listeners) listener(told);
  });
}

function keyOf({ collection, scope }: JsonObject): string {
  if (typeof collection !== "string" || !/^[\w-]{1,64}$/.test(collection)) {
    throw new CallError("invalid", "a collection's name has 1 to 64 letters, digits, `_` or `-`");
  }
  return `${NAMESPACE}data/${scope === "shared" ? "shared" : "mine"}/${collection}`;
}

/** @throws CallError `damaged` rather than take what cannot be read for nothing and write over it. */
function read(key: string): StoredRecord[] {
  try {
    const records: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    if (Array.isArray(records)) return records;
  } catch {
    // Told below.
  }
  throw new CallError("damaged", `What this browser keeps as \`${key}\` cannot be read.`);
}

/** `crypto.randomUUID` exists in secure contexts only, and a plain web server is none. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
