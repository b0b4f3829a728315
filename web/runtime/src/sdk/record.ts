// What may be kept as a record. It is checked here so that an app learns what does not fit and
// where, instead of finding later that JSON has left it out.
import { MAX_RECORD_DEPTH } from "@cumulonimbus/protocol";
import type { Fields } from "./data.ts";
import { CumulonimbusError } from "./host.ts";

/**
 * The fields of an object without what the server adds, so that an item can be passed back whole.
 * @throws CumulonimbusError `bad-call` for what is not JSON, `too-large` for what is nested too deep.
 */
export function fieldsOf(item: unknown): Fields {
  if (typeof item !== "object" || item === null || Array.isArray(item) || !isPlain(item)) {
    throw new CumulonimbusError("bad-call", `A record must be an object, not ${nameOf(item)}.`);
  }
  const {
    id: _id,
    revision: _revision,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    ...fields
  } = item as Fields;
  for (const [name, value] of Object.entries(fields)) check(value, name, [item]);
  return fields;
}

/** Tells a developer of fields that a new record cannot have, once for each collection and name. */
export function noteOwnFields(collection: string, fields: object): void {
  for (const name of OWN) {
    const key = `${collection}/${name}`;
    if (!Object.hasOwn(fields, name) || noted.has(key)) continue;
    noted.add(key);
    // biome-ignore lint/suspicious/noConsole: it is for whoever develops the app
    console.warn(
      `A new record in “${collection}” was given \`${name}\`, which is left out: the server gives it.`,
    );
  }
}

const OWN = ["id", "revision", "createdAt", "updatedAt"];
const noted = new Set<string>();

function check(value: unknown, at: string, around: readonly unknown[]): void {
  switch (typeof value) {
    case "string":
    case "boolean":
    // An object's member is left out, as everywhere in JavaScript; a list's becomes null.
    case "undefined":
      return;
    case "number":
      if (!Number.isFinite(value)) throw unfit(value, at);
      return;
    case "object":
      break;
    default:
      throw unfit(value, at);
  }
  // A date is its text.
  if (value === null || typeof (value as { toJSON?: unknown }).toJSON === "function") return;
  if (around.includes(value)) {
    throw new CumulonimbusError("bad-call", `\`${at}\` leads back to what it is in.`);
  }
  if (around.length >= MAX_RECORD_DEPTH) {
    throw new CumulonimbusError(
      "too-large",
      `\`${at.slice(0, 80)}…\` is nested too deep: a record can be ${MAX_RECORD_DEPTH} deep.`,
    );
  }
  const inside = [...around, value];
  if (Array.isArray(value)) {
    value.forEach((member, index) => void check(member, `${at}[${index}]`, inside));
    return;
  }
  if (!isPlain(value)) throw unfit(value, at);
  for (const [name, member] of Object.entries(value)) {
    check(member, `${at}.${name}`, inside);
  }
}

/** Whether JSON keeps what an object holds: a map, a set, a blob or bytes it would empty or distort. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === null || Object.getPrototypeOf(prototype) === null) return true;
  return Object.keys(value).length > 0 && !ArrayBuffer.isView(value);
}

function unfit(value: unknown, at: string): CumulonimbusError {
  return new CumulonimbusError("bad-call", `\`${at}\` is ${nameOf(value)}, which is not JSON.`);
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number") return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") {
    const { constructor: kind } = value as { constructor?: { name?: unknown } };
    return `a ${typeof kind?.name === "string" ? kind.name : "strange object"}`;
  }
  return `a ${typeof value}`;
}
