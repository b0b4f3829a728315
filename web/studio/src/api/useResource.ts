import { useCallback, useEffect, useRef, useState } from "react";

export interface Resource<T> {
  /** The newest answer; it stays while a newer one is fetched. */
  data: T | undefined;
  error: unknown;
  /** Asks again. */
  refresh: () => void;
  /** Puts something in its place at once, ahead of the server's answer. */
  set: (change: (data: T | undefined) => T | undefined) => void;
}

/**
 * What `load` answers. `load` must be stable (`useCallback`, or a function of a module): a new
 * one is asked anew. `everyMs`: asks again so often while the page is visible.
 */
export function useResource<T>(load: () => Promise<T>, everyMs?: number): Resource<T> {
  const [data, set] = useState<T>();
  const [error, setError] = useState<unknown>();
  const asked = useRef(0);

  const refresh = useCallback(() => {
    asked.current += 1;
    const mine = asked.current;
    load().then(
      (answer) => {
        if (asked.current !== mine) return;
        set(answer);
        setError(undefined);
      },
      (cause: unknown) => {
        if (asked.current === mine) setError(cause);
      },
    );
  }, [load]);

  useEffect(() => {
    refresh();
    return () => {
      asked.current += 1;
    };
  }, [refresh]);

  useEffect(() => {
    if (!everyMs) return;
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
    }, everyMs);
    return () => clearInterval(timer);
  }, [refresh, everyMs]);

  return { data, error, refresh, set };
}
