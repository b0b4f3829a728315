// `window.storage`: the asynchronous key-value shape that apps written for chat artifacts use.
import type { Area } from "./area.ts";
import type { SharedItems } from "./shared.ts";

/** Where its keys lie in the app's storage area, beside those of `localStorage`. */
const PREFIX = "window.storage/";

/** Whether a key of the area belongs to `window.storage`. */
export function isKeyed(key: string): boolean {
  return key.startsWith(PREFIX);
}

/** What `window.storage` answers of one key. */
export type KeyedItem = { readonly key: string; readonly value: string; readonly shared: boolean };

/** The shape of `window.storage`. Every method rejects rather than losing something. */
export type KeyedStorage = {
  /** Rejects if there is no such key. */
  get(key: string, shared?: boolean): Promise<KeyedItem>;
  set(key: string, value: unknown, shared?: boolean): Promise<KeyedItem>;
  delete(
    key: string,
    shared?: boolean,
  ): Promise<{ key: string; deleted: boolean; shared: boolean }>;
  list(
    prefix?: string,
    shared?: boolean,
  ): Promise<{ keys: string[]; prefix?: string; shared: boolean }>;
};

/**
 * Makes a `window.storage` over an area.
 *
 * @param onShared Is told when an app asks for storage shared between people and there is none: it
 *   is kept for this person alone, under keys of its own.
 * @param everybody What is shared between people, if the app has declared that it does.
 */
export function keyedOver(
  area: Area,
  onShared: () => void,
  everybody?: SharedItems | undefined,
): KeyedStorage {
  const named = (key: unknown): string => {
    if (typeof key !== "string" || key === "") throw new TypeError("A key must be a text.");
    return key;
  };
  const inside = (key: unknown, shared: boolean) => scope(shared) + named(key);
  const scope = (shared: boolean) => {
    if (shared) onShared();
    return `${PREFIX}${shared ? "shared" : "own"}/`;
  };
  return Object.freeze<KeyedStorage>({
    async get(key, shared = false) {
      const value =
        shared && everybody ? await everybody.get(named(key)) : area.get(inside(key, shared));
      if (value === undefined) throw new Error(`There is nothing under the key \`${key}\`.`);
      return { key, value, shared };
    },
    async set(key, value, shared = false) {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      if (text === undefined) throw new TypeError("A value must be a text.");
      if (shared && everybody) await everybody.set(named(key), text);
      else area.set(inside(key, shared), text);
      return { key, value: text, shared };
    },
    async delete(key, shared = false) {
      const deleted =
        shared && everybody ? await everybody.remove(named(key)) : area.remove(inside(key, shared));
      return { key, deleted, shared };
    },
    async list(prefix = "", shared = false) {
      const start = shared && everybody ? "" : scope(shared);
      const all = shared && everybody ? await everybody.keys() : area.keys();
      const keys = all
        .filter((key) => key.startsWith(start + prefix))
        .map((key) => key.slice(start.length));
      return { keys, ...(prefix !== "" && { prefix }), shared };
    },
  });
}
