import { useSyncExternalStore } from "react";
import { makeStore, type Store } from "./collectionStore.ts";
import type { Fields, Item, Query } from "./data.ts";
import type { CumulonimbusError } from "./host.ts";

/** A collection as a component sees it. */
export type UseCollection<T extends Fields> = {
  /** Its records, oldest first or as sorted; empty while the first answer is awaited. */
  readonly items: readonly Item<T>[];
  /** The first answer is still awaited. */
  readonly loading: boolean;
  /** Why the collection could not be read, if it could not. */
  readonly error: CumulonimbusError | null;
  /** There are records beyond the query's limit. */
  readonly hasMore: boolean;
  /** Reads the next ones. */
  readonly loadMore: () => Promise<void>;
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
 * The records of a collection, or those that a query finds in it, kept current in every component
 * and window that uses it. Changes show when the server has stored them.
 */
export function useCollection<T extends Fields = Fields>(
  name: string,
  query: Query = {},
): UseCollection<T> {
  const store = storeOf(name, query);
  return useSyncExternalStore(store.subscribe, store.snapshot) as unknown as UseCollection<T>;
}

const stores = new Map<string, Store>();

function storeOf(name: string, { scope = "mine", filter, sort, limit }: Query): Store {
  // A component makes its query anew each time it renders: its text tells whether it is another.
  const key = JSON.stringify([name, scope, filter, sort, limit]);
  let store = stores.get(key);
  if (store === undefined) {
    store = makeStore(name, { scope, filter, sort, limit });
    stores.set(key, store);
  }
  return store;
}
