import type { UseCollection } from "./collection.ts";
import { data, deleteIfThere, type Fields, type Item, type Page, type Query } from "./data.ts";
import { asError, CumulonimbusError } from "./host.ts";
import type { DataEvent } from "./live.ts";
import { fieldsOf } from "./record.ts";
import { inTurn } from "./turns.ts";

/** What `useCollection` reads from. */
export type Store = {
  readonly subscribe: (listener: () => void) => () => void;
  readonly snapshot: () => UseCollection<Fields>;
};

/** Changes that come within this time are read together, in milliseconds. */
const GATHER_MS = 30;
/** From this many changed records on, the whole collection is read again. */
const MANY = 8;
const LONGEST_PAGE = 500;
/** How often a change is made anew to a record that others change at the same time. */
const MOST_TRIES = 8;

/** The store of one query over one collection. */
export function makeStore(name: string, query: Query): Store {
  const { scope } = query;
  const at = { scope };
  const whole = query.filter === undefined && query.sort === undefined && query.limit === undefined;
  const listeners = new Set<() => void>();
  const changed = new Set<string>();
  const actions = { add, update, remove, reload, loadMore };
  let current: UseCollection<Fields> = {
    items: [],
    loading: true,
    error: null,
    hasMore: false,
    ...actions,
  };
  let cursor: string | null = null;
  let reading = 0;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let stopWatching: (() => void) | undefined;

  function show(change: Partial<UseCollection<Fields>>): void {
    current = { ...current, ...change };
    for (const listener of [...listeners]) listener();
  }

  /** Reads everything that is shown again. */
  async function reload(): Promise<void> {
    const mine = ++reading;
    try {
      const { items, next } = await read(Math.max(current.items.length, query.limit ?? 100));
      // A later reading knows better.
      if (mine !== reading) return;
      cursor = next;
      show({ items, hasMore: next !== null, loading: false, error: null });
    } catch (error) {
      if (mine === reading) show({ loading: false, error: asError(error) });
    }
  }

  async function read(count: number): Promise<{ items: Item[]; next: string | null }> {
    if (whole) return { items: await data.list(name, at), next: null };
    const items: Item[] = [];
    let next: string | null = null;
    do {
      const limit = Math.min(LONGEST_PAGE, count - items.length);
      const page: Page = await data.query(name, { ...query, limit, cursor: next });
      items.push(...page.items);
      next = page.nextCursor;
    } while (next !== null && items.length < count);
    return { items, next };
  }

  async function loadMore(): Promise<void> {
    if (cursor === null) return;
    const mine = ++reading;
    const page = await data.query(name, { ...query, cursor });
    if (mine !== reading) return;
    cursor = page.nextCursor;
    show({ items: [...current.items, ...page.items], hasMore: cursor !== null });
  }

  /** Puts a record in its place, unless a later one is there. */
  function put(item: Item): void {
    const old = current.items.find(({ id }) => id === item.id);
    if (old && old.revision > item.revision) return;
    if (old) show({ items: current.items.map((each) => (each.id === item.id ? item : each)) });
    else if (whole) show({ items: [...current.items, item] });
    // Where it belongs, and whether at all, the query says.
    if (!whole) void reload();
  }

  function drop(id: string): void {
    if (!current.items.some((item) => item.id === id)) return;
    show({ items: current.items.filter((item) => item.id !== id) });
  }

  async function add(fields: Fields): Promise<Item> {
    const item = await data.create(name, fields, at);
    put(item);
    return item;
  }

  function update(id: string, changes: Partial<Fields>): Promise<Item> {
    // Changes of one record that come together would each be made to what the others replace.
    return inTurn(`${scope}/${name}/${id}`, async () => {
      const wanted = fieldsOf(changes);
      let seen = current.items.find((item) => item.id === id);
      for (let tries = 1; ; tries++) {
        seen ??= await data.get(name, id, at);
        try {
          const item = await data.update(name, id, { ...seen, ...wanted }, seen.revision, at);
          put(item);
          return item;
        } catch (error) {
          // Someone else changed it since: the same change is made to what is there now.
          const changed = error instanceof CumulonimbusError && error.code === "conflict";
          if (!changed || tries === MOST_TRIES) throw error;
          seen = undefined;
        }
      }
    });
  }

  async function remove(id: string): Promise<void> {
    await deleteIfThere(name, id, at);
    drop(id);
  }

  function told(event: DataEvent): void {
    if (event.op === "resync") {
      void reload();
      return;
    }
    const { id, revision } = event;
    if (event.op === "delete") drop(id);
    // Most changes are this window's own, and known.
    else if (current.items.some((item) => item.id === id && item.revision >= revision)) return;
    else changed.add(id);
    gathering ??= setTimeout(readChanged, GATHER_MS);
  }

  function readChanged(): void {
    gathering = undefined;
    const ids = [...changed];
    changed.clear();
    if (!whole || ids.length > MANY) {
      void reload();
      return;
    }
    for (const id of ids) {
      data.get(name, id, at).then(put, (error: unknown) => {
        if (asError(error).code === "not-found") drop(id);
      });
    }
  }

  return {
    subscribe(listener) {
      listeners.add(listener);
      if (listeners.size === 1) {
        stopWatching = data.subscribe(name, told, at);
        void reload();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stopWatching?.();
        clearTimeout(gathering);
        gathering = undefined;
      };
    },
    snapshot: () => current,
  };
}
