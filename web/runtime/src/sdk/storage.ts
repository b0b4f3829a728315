import { useCallback, useSyncExternalStore } from "react";

/**
 * State that stays: like `useState`, kept as JSON in `localStorage` under `key`, and the same in
 * every component that uses the key.
 *
 * @param initial The value while nothing is kept, or while what is kept is not JSON. The one of the
 *   first component that asks counts.
 */
export function useStorage<T>(
  key: string,
  initial: T | (() => T),
): [T, (value: T | ((current: T) => T)) => void] {
  const cell = cellOf(key, initial);
  const value = useSyncExternalStore(cell.subscribe, cell.read);
  const set = useCallback(
    (next: T | ((current: T) => T)) => {
      cell.write(typeof next === "function" ? (next as (current: T) => T)(cell.read()) : next);
    },
    [cell],
  );
  return [value, set];
}

type Cell<T> = {
  readonly subscribe: (listener: () => void) => () => void;
  readonly read: () => T;
  readonly write: (value: T) => void;
};

const cells = new Map<string, Cell<unknown>>();

function cellOf<T>(key: string, initial: T | (() => T)): Cell<T> {
  let cell = cells.get(key) as Cell<T> | undefined;
  if (cell === undefined) {
    cell = makeCell(key, initial);
    cells.set(key, cell as Cell<unknown>);
  }
  return cell;
}

function makeCell<T>(key: string, initial: T | (() => T)): Cell<T> {
  const listeners = new Set<() => void>();
  const first = typeof initial === "function" ? (initial as () => T)() : initial;
  let text = localStorage.getItem(key);
  let value = parse(text, first);

  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read() {
      // The app may write the key by itself; a new object comes only with a new text.
      const now = localStorage.getItem(key);
      if (now !== text) {
        text = now;
        value = parse(now, first);
      }
      return value;
    },
    write(next) {
      localStorage.setItem(key, JSON.stringify(next));
      text = localStorage.getItem(key);
      value = next;
      for (const listener of listeners) listener();
    },
  };
}

function parse<T>(text: string | null, otherwise: T): T {
  if (text === null) return otherwise;
  try {
    return JSON.parse(text) as T;
  } catch {
    return otherwise;
  }
}
