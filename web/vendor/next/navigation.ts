// `next/navigation`
import { useMemo } from "react";
import { go, step, usePlace } from "./lib/place.ts";

const ROUTER = {
  push: (target: string) => go(target),
  replace: (target: string) => go(target, true),
  back: () => step(-1),
  forward: () => step(1),
  refresh: () => {},
  prefetch: () => {},
};

export function useRouter() {
  return ROUTER;
}

export function usePathname(): string {
  return usePlace().pathname;
}

export function useSearchParams(): URLSearchParams {
  const { search } = usePlace();
  return useMemo(() => new URLSearchParams(search), [search]);
}

/** There are no routes with parts that vary, so this is empty. */
export function useParams(): Record<string, string> {
  return {};
}

export function useSelectedLayoutSegment(): string | null {
  return usePlace().pathname.split("/")[1] || null;
}

export function useSelectedLayoutSegments(): string[] {
  return usePlace().pathname.split("/").filter(Boolean);
}

/** Goes to another place and ends the rendering that asked for it. */
export function redirect(target: string): never {
  queueMicrotask(() => go(target, true));
  throw new Error(`This page leads on to ${target}.`);
}
export const permanentRedirect = redirect;

export function notFound(): never {
  throw new Error("This page does not exist.");
}
