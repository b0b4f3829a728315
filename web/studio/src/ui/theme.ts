import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

/** Also read by theme-boot.js, before the first paint. */
const KEY = "cumulonimbus.theme";
const listeners = new Set<() => void>();
const darkSystem = matchMedia("(prefers-color-scheme: dark)");

darkSystem.addEventListener("change", apply);
addEventListener("storage", (event) => {
  if (event.key === KEY) apply();
});
apply();

/** The choice, and a way to change it. It is kept in this browser. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  return [useSyncExternalStore(subscribe, chosen), choose];
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function chosen(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

function choose(theme: Theme) {
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage is switched off: the choice cannot be kept, and the system's holds.
  }
  apply();
}

function apply() {
  const theme = chosen();
  const dark = theme === "dark" || (theme === "system" && darkSystem.matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  for (const listener of listeners) listener();
}
