// `@/hooks/use-mobile`
import { useSyncExternalStore } from "react";

/** Below this width, in CSS pixels, a window counts as a phone's. */
const BREAKPOINT = 768;

const narrow = () => window.matchMedia(`(max-width: ${BREAKPOINT - 1}px)`);

function subscribe(changed: () => void) {
  const query = narrow();
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

/** Whether the window is as narrow as a phone's. */
export function useIsMobile(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => narrow().matches,
    () => false,
  );
}

/** The same under another of its names. */
export const useMobile = useIsMobile;
