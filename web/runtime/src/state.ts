// What state an app is in, decided from what is known. Pure.
import type { AppStateReport, ErrorReport } from "@cumulonimbus/protocol";
import type { Sight } from "./visible.ts";

/** How long after its code was loaded an app may show nothing, in milliseconds. */
export const BLANK_AFTER_MS = 3_000;
/** How long an app's code may take to load, in milliseconds. */
export const LOADED_WITHIN_MS = 20_000;
/** How long after an error something may still appear, in milliseconds: rendering takes turns. */
export const ERROR_GRACE_MS = 300;

/** What is known of a running app. Times are milliseconds of one clock. */
export type Known = {
  readonly now: number;
  /** When loading began. */
  readonly started: number;
  /** When the code had been loaded, or had failed to. */
  readonly loaded: number | undefined;
  readonly sight: Sight;
  /** The last error, and when it came. */
  readonly error: { readonly report: ErrorReport; readonly at: number } | undefined;
};

/** The state to report, or `loading` while there is nothing to say yet. */
export function judge(known: Known): AppStateReport | "loading" {
  const { now, started, loaded, sight, error } = known;
  if (sight.visible) return { state: "ready", message: "" };
  if (error && now - error.at >= ERROR_GRACE_MS) return { state: "error", ...error.report };
  if (loaded === undefined) {
    if (now - started < LOADED_WITHIN_MS) return "loading";
    return { state: "blank", message: "The app's code has not finished loading after 20 seconds." };
  }
  if (now - loaded < BLANK_AFTER_MS) return "loading";
  return { state: "blank", message: blankCause(sight) };
}

function blankCause({ elements }: Sight): string {
  if (elements === 0) {
    return "The app started without an error but put nothing on the page. Its main component may return nothing, or nothing renders it.";
  }
  return `The app put ${elements} element${elements === 1 ? "" : "s"} on the page, but none of them shows a text, a picture or a control.`;
}
