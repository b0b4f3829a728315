// Where a page of Next.js believes to be. There is one page here, whose address is the frame's own;
// so the place is kept in memory, and moving changes what the hooks answer.
import { useSyncExternalStore } from "react";

let stack = ["/"];
let at = 0;
const listeners = new Set<() => void>();

function change(next: string[], index: number) {
  stack = next;
  at = index;
  for (const listener of listeners) listener();
}

/** The place now, with its query. */
export const place = (): string => stack[at] ?? "/";

/** Goes to a place; one elsewhere is opened by the host, which asks the person. */
export function go(target: string, replace = false): void {
  const url = new URL(target, `https://page.invalid${place()}`);
  if (url.host !== "page.invalid") {
    window.open(url.href, "_blank", "noopener");
    return;
  }
  const path = `${url.pathname}${url.search}${url.hash}`;
  const before = stack.slice(0, replace ? at : at + 1);
  change([...before, path], before.length);
  if (url.hash) document.getElementById(url.hash.slice(1))?.scrollIntoView();
  else window.scrollTo(0, 0);
}

/** Goes back or on by some places. */
export function step(by: number): void {
  change(stack, Math.min(Math.max(at + by, 0), stack.length - 1));
}

/** The place, and a new rendering when it changes. */
export function usePlace(): URL {
  const path = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    place,
    () => "/",
  );
  return new URL(path, "https://page.invalid");
}
