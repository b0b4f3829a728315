import { useSyncExternalStore } from "react";

const QUERY = "(prefers-color-scheme: dark)";

function subscribe(changed: () => void) {
  const query = window.matchMedia(QUERY);
  query.addEventListener("change", changed);
  const watch = new MutationObserver(changed);
  watch.observe(document.documentElement, { attributeFilter: ["class", "style"] });
  return () => {
    query.removeEventListener("change", changed);
    watch.disconnect();
  };
}

/** The sheet sets `color-scheme` with the colours: to one of the two, or to follow the system. */
function shown(): "dark" | "light" {
  const schemes = getComputedStyle(document.documentElement).colorScheme.split(" ");
  const dark = schemes.includes("light") ? window.matchMedia(QUERY).matches : true;
  return schemes.includes("dark") && dark ? "dark" : "light";
}

/** Whether the page is light or dark now. */
export function useTheme(): "dark" | "light" {
  return useSyncExternalStore(subscribe, shown, () => "light");
}
