import type { Area } from "./area.ts";

/**
 * A `Storage` (HTML, 12.2.1) over an area, as `localStorage` and `sessionStorage` behave: named
 * access, `in`, `delete`, `Object.keys`, and values turned into strings.
 *
 * @param hidden Tells which keys of the area are not shown.
 */
export function storageOver(area: Area, hidden: (key: string) => boolean = () => false): Storage {
  const keys = () => area.keys().filter((key) => !hidden(key));
  const get = (key: string) => (hidden(key) ? undefined : area.get(key));
  const set = (key: string, value: unknown) => {
    if (!hidden(key)) area.set(key, `${value}`);
  };
  const remove = (key: string) => !hidden(key) && area.remove(key);

  const members: Record<string, unknown> = {
    getItem(...args: unknown[]) {
      const [key] = required(args, 1, "getItem");
      return get(`${key}`) ?? null;
    },
    setItem(...args: unknown[]) {
      const [key, value] = required(args, 2, "setItem");
      set(`${key}`, value);
    },
    removeItem(...args: unknown[]) {
      const [key] = required(args, 1, "removeItem");
      remove(`${key}`);
    },
    clear() {
      if (keys().length === area.keys().length) area.clear();
      else for (const key of keys()) area.remove(key);
    },
    key(...args: unknown[]) {
      const [index] = required(args, 1, "key");
      return keys()[Number(index) >>> 0] ?? null;
    },
  };

  const prototype = typeof Storage === "function" ? Storage.prototype : Object.prototype;
  // A key that is also a member, such as `getItem`, is reachable through `getItem(…)` alone.
  const isMember = (key: string) =>
    key === "length" || key in prototype || Object.hasOwn(members, key);
  const named = (key: string | symbol): key is string => typeof key === "string" && !isMember(key);

  return new Proxy(Object.create(prototype), {
    get(target, key) {
      if (key === "length") return keys().length;
      if (typeof key === "string" && Object.hasOwn(members, key)) return members[key];
      return named(key) ? get(key) : Reflect.get(target, key);
    },
    set(target, key, value) {
      if (typeof key === "symbol") return Reflect.set(target, key, value);
      set(key, value);
      return true;
    },
    has(target, key) {
      if (typeof key === "symbol") return key in target;
      if (named(key)) return get(key) !== undefined;
      return isMember(key);
    },
    deleteProperty(target, key) {
      if (!named(key)) return Reflect.deleteProperty(target, key);
      remove(key);
      return true;
    },
    ownKeys(target) {
      return [...keys().filter((key) => !isMember(key)), ...Reflect.ownKeys(target)];
    },
    getOwnPropertyDescriptor(target, key) {
      if (!named(key)) return Reflect.getOwnPropertyDescriptor(target, key);
      const value = get(key);
      if (value === undefined) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },
    defineProperty(target, key, descriptor) {
      if (typeof key === "symbol") return Reflect.defineProperty(target, key, descriptor);
      if (!("value" in descriptor)) return false;
      set(key, descriptor.value);
      return true;
    },
    preventExtensions: () => false,
  }) as Storage;
}

function required(args: unknown[], count: number, name: string): unknown[] {
  if (args.length >= count) return args;
  throw new TypeError(
    `Failed to execute '${name}' on 'Storage': ${count} argument${count === 1 ? "" : "s"} required, but only ${args.length} present.`,
  );
}
