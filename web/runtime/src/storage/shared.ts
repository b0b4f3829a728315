// The part of `window.storage` that everybody who uses the app sees: one record for each key in a
// shared collection. Writing needs the permission `sharedData`.

/** Calls the host page. */
type Call = (method: string, params: object) => Promise<unknown>;
type Kept = {
  readonly id: string;
  readonly data: { readonly key: string; readonly value: string };
};

/** Keys and values that lie on the server. Every method rejects as the server refuses. */
export type SharedItems = {
  readonly get: (key: string) => Promise<string | undefined>;
  readonly set: (key: string, value: string) => Promise<void>;
  readonly remove: (key: string) => Promise<boolean>;
  readonly keys: () => Promise<string[]>;
};

const AT = { collection: "window-storage", scope: "shared" };

/** The shared items of the app whose host page is called. */
export function sharedOver(call: Call): SharedItems {
  const find = async (key: string): Promise<Kept | undefined> => {
    const params = { ...AT, filter: { key: { eq: key } }, limit: 1 };
    const { items } = (await call("data.query", params)) as { items: Kept[] };
    return items[0];
  };
  return {
    get: async (key) => (await find(key))?.data.value,
    async set(key, value) {
      const old = await find(key);
      const data = { key, value };
      if (old) await call("data.update", { ...AT, id: old.id, data });
      else await call("data.create", { ...AT, data });
    },
    async remove(key) {
      const old = await find(key);
      if (old) await call("data.delete", { ...AT, id: old.id });
      return old !== undefined;
    },
    async keys() {
      const keys = new Set<string>();
      let cursor: string | undefined;
      do {
        const params = { ...AT, limit: 500, ...(cursor !== undefined && { cursor }) };
        const page = (await call("data.query", params)) as {
          items: Kept[];
          nextCursor?: string | null;
        };
        for (const { data } of page.items) keys.add(data.key);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return [...keys];
    },
  };
}
