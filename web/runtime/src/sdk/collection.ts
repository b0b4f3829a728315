import { useSyncExternalStore } from "react";
import { CumulonimbusError, data, type Fields, type Item, withoutMeta } from "./data.ts";

/** A collection as a component sees it. */
export type UseCollection<T extends Fields> = {
  /** Its records, oldest first; empty while the first answer is awaited. */
  readonly items: readonly Item<T>[];
  /** The first answer is still awaited. */
  readonly loading: boolean;
  /** Why the collection could not be read, if it could not. */
  readonly error: CumulonimbusError | null;
  /** Adds a record. */
  readonly add: (fields: T) => Promise<Item<T>>;
  /** Changes some fields of a record and leaves the others as they are. */
  readonly update: (id: string, changes: Partial<T>) => Promise<Item<T>>;
  /** Removes a record. */
  readonly remove: (id: string) => Promise<void>;
  /** Reads the collection again. */
  readonly reload: () => Promise<void>;
};

/**
 * The records of a collection, kept current in every component that uses it. Changes show when the
 * server has stored them.
 */
export function useCollection<T extends Fields = Fields>(name: string): UseCollection<T> {
  const store = storeOf(name);
  return useSyncExternalStore(store.subscribe, store.snapshot) as unknown as UseCollection<T>;
}

type Store = {
  readonly subscribe: (listener: () => void) => () => void;
  readonly snapshot: () => UseCollection<Fields>;
};

const stores = new Map<string, Store>();

function storeOf(name: string): Store {
  let store = stores.get(name);
  if (store === undefined) {
    store = makeStore(name);
    stores.set(name, store);
  }
  return store;
}

function makeStore(name: string): Store {
  const listeners = new Set<() => void>();
  let asked = false;
  const actions = { add, update, remove, reload };
  let current: UseCollection<Fields> = { items: [], loading: true, error: null, ...actions };

  function show(change: Partial<UseCollection<Fields>>): void {
    current = { ...current, ...change };
    for (const listener of listeners) listener();
  }

  async function reload(): Promise<void> {
    try {
      show({ items: await data.list(name), loading: false, error: null });
    } catch (error) {
      show({ loading: false, error: error as CumulonimbusError });
    }
  }

  async function add(fields: Fields): Promise<Item> {
    const item = await data.create(name, fields);
    show({ items: [...current.items, item] });
    return item;
  }

  async function update(id: string, changes: Partial<Fields>): Promise<Item> {
    const change = async (item: Item | undefined) => {
      const seen = item ?? (await data.get(name, id));
      return data.update(
        name,
        id,
        { ...withoutMeta(seen), ...withoutMeta(changes) },
        seen.revision,
      );
    };
    const changed = await change(current.items.find((item) => item.id === id)).catch((error) => {
      // Someone else changed it since: the same change is made to what is there now.
      if (error instanceof CumulonimbusError && error.code === "conflict") return change(undefined);
      throw error;
    });
    show({ items: current.items.map((item) => (item.id === id ? changed : item)) });
    return changed;
  }

  async function remove(id: string): Promise<void> {
    await data.delete(name, id).catch((error: unknown) => {
      if (!(error instanceof CumulonimbusError && error.code === "not-found")) throw error;
    });
    show({ items: current.items.filter((item) => item.id !== id) });
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      if (!asked) {
        asked = true;
        void reload();
      }
      return () => listeners.delete(listener);
    },
    snapshot: () => current,
  };
}
