import type { AppStateReport, ErrorReport } from "@cumulonimbus/protocol";
import { AwaitingAnswer } from "./dialogs.ts";
import { describeError, matters } from "./errors.ts";
import { ERROR_GRACE_MS, judge, type Known } from "./state.ts";
import { look } from "./visible.ts";

/** Where the watch tells what it sees. */
export type Reports = {
  /** The app's state changed. */
  readonly state: (report: AppStateReport) => void;
  /** The app runs on after an error. */
  readonly error: (report: ErrorReport) => void;
};

/** What the boot code tells the watch. */
export type Watch = {
  /** The app's code ran through. */
  readonly loaded: () => void;
  /** The app's code could not be loaded or threw while it ran. */
  readonly failed: (thrown: unknown) => void;
};

const POLL_MS = 250;
// Frames do not come while a tab is hidden, so that each look is also asked for by a timer.
const SETTLE_MS = 60;

/** Follows the app from its start on and reports every change of its state. */
export function watchApp(window: Window & typeof globalThis, reports: Reports): Watch {
  const { document } = window;
  const started = performance.now();
  let loaded: number | undefined;
  let error: Known["error"];
  let told: AppStateReport | undefined;
  let looking = false;

  const lookSoon = () => {
    if (looking) return;
    looking = true;
    const run = () => {
      if (!looking) return;
      looking = false;
      update();
    };
    window.requestAnimationFrame(run);
    setTimeout(run, SETTLE_MS);
  };
  const observer = new MutationObserver(lookSoon);
  const observe = () =>
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
  const poll = setInterval(() => update(), POLL_MS);

  function update(): void {
    const now = performance.now();
    const next = judge({ now, started, loaded, sight: look(window), error });
    if (next === "loading") return;
    // From here on only what changes the page can change the state.
    clearInterval(poll);
    if (next.state === "ready") observer.disconnect();
    else observe();
    if (told?.state === next.state && told.message === next.message) return;
    told = next;
    reports.state(next);
    if (next.state === "ready" && error) {
      reports.error(error.report);
      error = undefined;
    }
  }

  function fail(report: ErrorReport): void {
    error = { report, at: performance.now() };
    if (told?.state === "ready") {
      reports.error(report);
      // An error that leaves the page standing is told once; one that empties it, as an uncaught
      // one in React's rendering does, changes the state.
      const standing = () => {
        if (look(window).visible) error = undefined;
        else update();
      };
      setTimeout(standing, ERROR_GRACE_MS);
      return;
    }
    setTimeout(() => update(), ERROR_GRACE_MS);
  }

  window.addEventListener("error", (event) => {
    if (event.error instanceof AwaitingAnswer) {
      swallow(event);
      return;
    }
    const { message, filename, lineno, colno } = event;
    if (!matters(message)) return;
    const at = { file: filename, line: lineno, column: colno };
    fail(describeError(event.error ?? message, at));
  });
  window.addEventListener("unhandledrejection", (event) => {
    if (event.reason instanceof AwaitingAnswer) swallow(event);
    else fail(describeError(event.reason));
  });
  // Pictures and sizes come without a mutation.
  document.addEventListener("load", () => told?.state !== "ready" && lookSoon(), true);
  window.addEventListener("resize", () => told?.state !== "ready" && lookSoon());
  observe();

  return {
    loaded() {
      loaded = performance.now();
      lookSoon();
    },
    failed(thrown) {
      loaded = performance.now();
      fail(describeError(thrown));
    },
  };
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopImmediatePropagation();
}
