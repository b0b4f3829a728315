import type { StreamCall } from "../link.ts";
import { asError, theHost } from "./host.ts";

/** A change to a collection, or the word that some may have been missed. */
export type DataEvent =
  | {
      readonly op: "create" | "update" | "delete";
      readonly id: string;
      /** The record's revision after the change. */
      readonly revision: number;
    }
  | { readonly op: "resync" };

type Listener = (event: DataEvent) => void;
type Watched = {
  readonly listeners: Set<Listener>;
  stream: StreamCall | undefined;
  again: ReturnType<typeof setTimeout> | undefined;
  waitMs: number;
};

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Failures that trying again does not mend. */
const FINAL = new Set(["closed", "cancelled", "unknown-method", "bad-call", "ended"]);

const watched = new Map<string, Watched>();

/** Tells of a collection's changes; all listeners of one collection share a stream. */
export function watchCollection(
  collection: string,
  scope: "mine" | "shared",
  listener: Listener,
): () => void {
  const key = `${scope}/${collection}`;
  let entry = watched.get(key);
  if (entry === undefined) {
    entry = { listeners: new Set(), stream: undefined, again: undefined, waitMs: FIRST_WAIT_MS };
    watched.set(key, entry);
    open(entry, collection, scope);
  }
  const { listeners } = entry;
  const mine: Listener = (event) => listener(event);
  listeners.add(mine);
  return () => {
    listeners.delete(mine);
    if (listeners.size > 0 || watched.get(key) !== entry) return;
    watched.delete(key);
    clearTimeout(entry.again);
    entry.stream?.cancel();
  };
}

function open(entry: Watched, collection: string, scope: "mine" | "shared"): void {
  const tell = (event: DataEvent) => {
    for (const listener of [...entry.listeners]) listener(event);
  };
  let stream: StreamCall;
  try {
    stream = theHost().stream("data.subscribe", { collection, scope }, (value) => {
      entry.waitMs = FIRST_WAIT_MS;
      stream.used();
      tell(value as DataEvent);
    });
  } catch {
    // Outside of a frame there is nothing to watch.
    return;
  }
  entry.stream = stream;
  const over = (error?: unknown) => {
    if (entry.listeners.size === 0) return;
    if (error !== undefined && FINAL.has(asError(error).code)) return;
    entry.again = setTimeout(() => {
      open(entry, collection, scope);
      tell({ op: "resync" });
    }, entry.waitMs);
    entry.waitMs = Math.min(LONGEST_WAIT_MS, entry.waitMs * 2);
  };
  stream.done.then(() => over(), over);
}
