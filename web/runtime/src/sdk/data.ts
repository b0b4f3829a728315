/** The fields of a record: any JSON object. */
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

/** A call that was refused or failed. */
export class CumulonimbusError extends Error {
  override readonly name = "CumulonimbusError";
  /** What happened, such as `not-found`, `conflict`, `quota`, `busy` or `closed`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Records in named collections. A name has 1 to 64 letters, digits, `_` or `-`; a record has at most
 * 256 KiB as JSON. Every function rejects with a {@link CumulonimbusError}.
 */
export const data = Object.freeze({
  /** All records of a collection, oldest first. */
  async list<T extends Fields = Fields>(collection: string): Promise<Item<T>[]> {
    const records = (await call("data.list", { collection })) as WireRecord<T>[];
    return records.map(toItem);
  },

  /** One record. Rejects with `not-found`. */
  async get<T extends Fields = Fields>(collection: string, id: string): Promise<Item<T>> {
    return toItem((await call("data.get", { collection, id })) as WireRecord<T>);
  },

  /** A new record. */
  async create<T extends Fields = Fields>(collection: string, fields: T): Promise<Item<T>> {
    return toItem((await call("data.create", { collection, data: fields })) as WireRecord<T>);
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
  ): Promise<Item<T>> {
    const params = { collection, id, data: withoutMeta(fields), revision };
    return toItem((await call("data.update", params)) as WireRecord<T>);
  },

  /** Removes a record. */
  async delete(collection: string, id: string): Promise<void> {
    await call("data.delete", { collection, id });
  },
});

type WireRecord<T> = {
  readonly id: string;
  readonly data: T;
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
};

type Host = { readonly call: (method: string, params: object) => Promise<unknown> };

async function call(method: string, params: object): Promise<unknown> {
  const host = (globalThis as { [key: symbol]: unknown })[Symbol.for("cumulonimbus")] as
    | Host
    | undefined;
  if (host === undefined) {
    throw new CumulonimbusError("closed", "`cumulonimbus` works only inside an app's frame.");
  }
  try {
    return await host.call(method, params);
  } catch (error) {
    const { code = "failed", message = String(error) } = error as Partial<CumulonimbusError>;
    throw new CumulonimbusError(code, message);
  }
}

function toItem<T extends Fields>(record: WireRecord<T>): Item<T> {
  const { data, id, revision, createdAt, updatedAt } = record;
  return { ...data, id, revision, createdAt, updatedAt };
}

/** The fields of an item without what the server adds, so that an item can be passed back whole. */
export function withoutMeta(item: Fields): Fields {
  const {
    id: _id,
    revision: _revision,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    ...fields
  } = item;
  return fields;
}
