// What became of each version when it was last opened in this browser. The server builds apps and
// never runs them, so only a browser that has opened one knows.

/** How an opening ended. */
export type LastRun = "ready" | "blank" | "error";

const KEY = "cumulonimbus.runs";
/** As many as a gallery may show; older ones are forgotten first. */
const MOST = 300;

/** How a version ran when it was last opened here; nothing when it never was. */
export function lastRun(versionId: string): LastRun | undefined {
  return read().find(([id]) => id === versionId)?.[1];
}

/** Keeps how a version runs. States on the way there are no answer and change nothing. */
export function rememberRun(versionId: string | null | undefined, state: string): void {
  if (!versionId || !isEnd(state)) return;
  const others = read().filter(([id]) => id !== versionId);
  try {
    localStorage.setItem(KEY, JSON.stringify([[versionId, state], ...others].slice(0, MOST)));
  } catch {
    // Storage is switched off or full: cards then say only that the app was built.
  }
}

function read(): [string, LastRun][] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is [string, LastRun] {
  return Array.isArray(value) && typeof value[0] === "string" && isEnd(value[1]);
}

function isEnd(state: unknown): state is LastRun {
  return state === "ready" || state === "blank" || state === "error";
}
