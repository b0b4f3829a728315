// `next/router`
import { go, step, usePlace } from "./lib/place.ts";

const EVENTS = { on: () => {}, off: () => {}, emit: () => {} };

export function useRouter() {
  const { pathname, search, hash, searchParams } = usePlace();
  return {
    pathname,
    route: pathname,
    asPath: `${pathname}${search}${hash}`,
    query: Object.fromEntries(searchParams),
    isReady: true,
    events: EVENTS,
    push: async (target: string) => {
      go(target);
      return true;
    },
    replace: async (target: string) => {
      go(target, true);
      return true;
    },
    back: () => step(-1),
    forward: () => step(1),
    reload: () => {},
    prefetch: async () => {},
  };
}
