import { CumulonimbusError, call } from "./host.ts";
import { type DataEvent, watchCollection } from "./live.ts";
import { fieldsOf, noteOwnFields } from "./record.ts";

/**
 * The fields of a record: a JSON object. `id`, `revision`, `createdAt` and `updatedAt` are the
 * record's own: the server gives them, and fields of these names are left out when it is written.
 */
export type Fields = Record<string, unknown>;

/** A record: its own fields, and what the server knows of it. */
export type Item<T extends Fields = Fields> = T & {
  /** Its id, given by the server. */
  readonly id: string;
  /** Counts its changes from 1. */
  readonly revision: number;
  /** When it was made: RFC 3339, such as `2026-01-31T12:00:00Z`. */
  readonly createdAt: string;
  /** When it last changed, in the same form. */
  readonly updatedAt: string;
};

/**
 * Whose records: those of the person who uses the app, or those that everybody who uses it sees.
 * Writing to `shared` needs the permission `sharedData`.
 */
export type Scope = "mine" | "shared";

/** Where to look. `mine` if left out. */
export type InScope = { readonly scope?: Scope | undefined };

/** What a field must be: a value that it equals, or comparisons that all hold. */
export type Condition =
  | string
  | number
  | boolean
  | null
  | {
      readonly eq?: unknown;
      readonly ne?: unknown;
      readonly lt?: string | number;
      readonly lte?: string | number;
      readonly gt?: string | number;
      readonly gte?: string | number;
      readonly in?: readonly unknown[];
      /** A part of a text, or a member of a list. */
      readonly contains?: unknown;
    };

/** Which records, and in which order. */
export type Query = InScope & {
  /** Conditions by field; all of them must hold. */
  readonly filter?: { readonly [field: string]: Condition } | undefined;
  /** The first counts most. Oldest first if left out. */
  readonly sort?:
    | readonly { readonly field: string; readonly direction?: "asc" | "desc" }[]
    | undefined;
  /** The most records of one answer: 1 to 500, 100 if left out. */
  readonly limit?: number | undefined;
};

/** A part of what a query finds. */
export type Page<T extends Fields = Fields> = {
  readonly items: Item<T>[];
  /** Gives the next part; null at the end. */
  readonly nextCursor: string | null;
};

/** Records that {@link data.list} asks for at a time: as many as a query gives. */
const LONGEST_PAGE = 500;

/**
 * Records in named collections. A name has 1 to 64 letters, digits, `_` or `-`; a record has at most
 * 256 KiB as JSON. Every function rejects with a {@link CumulonimbusError}.
 */
export const data = Object.freeze({
  /**
   * All records of a collection, oldest first, read a page at a time. A collection that may grow is
   * better read with `query`.
   */
  async list<T extends Fields = Fields>(
    collection: string,
    { scope }: InScope = {},
  ): Promise<Item<T>[]> {
    const items: Item<T>[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<T> = await data.query<T>(collection, { scope, limit: LONGEST_PAGE, cursor });
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return items;
  },

  /** One record. Rejects with `not-found`. */
  async get<T extends Fields = Fields>(
    collection: string,
    id: string,
    { scope }: InScope = {},
  ): Promise<Item<T>> {
    return toItem((await call("data.get", { collection, id, scope })) as WireRecord<T>);
  },

  /** The records that a query finds, a page at a time. */
  async query<T extends Fields = Fields>(
    collection: string,
    { scope, filter, sort, limit, cursor }: Query & { readonly cursor?: string | null } = {},
  ): Promise<Page<T>> {
    const order = sort?.map(({ field, direction = "asc" }) => ({ field, direction }));
    const found = (await call("data.query", {
      collection,
      scope,
      filter,
      sort: order,
      limit,
      cursor: cursor ?? undefined,
    })) as { items: WireRecord<T>[]; nextCursor: string | null };
    return { items: found.items.map(toItem), nextCursor: found.nextCursor };
  },

  /** A new record. Its id is given by the server. */
  async create<T extends Fields = Fields>(
    collection: string,
    fields: T,
    { scope }: InScope = {},
  ): Promise<Item<T>> {
    const params = { collection, data: fieldsOf(fields), scope };
    noteOwnFields(collection, fields);
    return toItem((await call("data.create", params)) as WireRecord<T>);
  },

  /**
   * Replaces all fields of a record. With the `revision` that was last seen, a record that has
   * changed since is left alone and the promise rejects with `conflict`.
   */
  async update<T extends Fields = Fields>(
    collection: string,
    id: string,
    fields: T,
    revision?: number,
    { scope }: InScope = {},
  ): Promise<Item<T>> {
    const params = { collection, id, data: fieldsOf(fields), revision, scope };
    return toItem((await call("data.update", params)) as WireRecord<T>);
  },

  /** Removes a record. */
  async delete(collection: string, id: string, { scope }: InScope = {}): Promise<void> {
    await call("data.delete", { collection, id, scope });
  },

  /**
   * Tells of changes to a collection, from this window or another. `resync` says that some may have
   * been missed, as after sleep: read again. The answer ends it.
   */
  subscribe(
    collection: string,
    listener: (event: DataEvent) => void,
    { scope = "mine" }: InScope = {},
  ): () => void {
    return watchCollection(collection, scope, listener);
  },
});

/** Removes a record that may be gone already. */
export async function deleteIfThere(collection: string, id: string, at: InScope): Promise<void> {
  await data.delete(collection, id, at).catch((error: unknown) => {
    if (!(error instanceof CumulonimbusError && error.code === "not-found")) throw error;
  });
}

type WireRecord<T> = {
  readonly id: string;
  readonly data: T;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
};

function toItem<T extends Fields>(record: WireRecord<T>): Item<T> {
  const { data, id, revision, createdAt, updatedAt } = record;
  return { ...data, id, revision, createdAt, updatedAt };
}
