// One run of an app in a frame: from its launch to the removal of the frame.
import type { AppState, ConsoleLine, ErrorReport } from "@cumulonimbus/protocol";
import { type Launch, launchApp, ServerCalls } from "./launch.ts";
import { SandboxBridge } from "./SandboxBridge.ts";
import { sandboxText } from "./text.ts";

/** What a person sees of the app, and what is known of the cause when that is nothing. */
export type SandboxState = {
  readonly state: AppState;
  /** Plain text from the app or about it. */
  readonly message?: string;
  readonly stack?: string;
  /** Line and column in the bundle, from 1. */
  readonly line?: number;
  readonly column?: number;
};

/** What became of the frame that was in this place before. */
export type Predecessor = "none" | "ended" | "hung";

/** What a run is made from. */
export type Run = {
  /** The element that holds nothing but the frame. */
  readonly parent: HTMLElement;
  readonly predecessor: Predecessor;
  readonly appId: string;
  readonly versionId: string | undefined;
  /** The frame's title. */
  readonly title: string;
  readonly show: (report: SandboxState, heading: string) => void;
  readonly onError: (report: ErrorReport) => void;
  readonly onConsole: (line: ConsoleLine) => void;
};

// A browser puts two frames of one app into one process. A new frame beside one in an endless loop
// never starts, and keeps the process alive; with no frame left, Chromium ends it within a second.
const PROCESS_END_MS = 2_000;
const START_PATIENCE_MS = 4_000;

/**
 * Launches an app into a fresh frame inside `parent`. The answer takes all of it away again and
 * says in what state it was, for the run that follows.
 */
export function runApp(run: Run): () => Predecessor {
  const running = new AbortController();
  const { signal } = running;
  const timers: ReturnType<typeof setTimeout>[] = [];
  let connection: Connection | undefined;
  let frame = place(run, inertFrame(run, "loading"));

  const show = (report: SandboxState, heading: string) => {
    mark(frame, report.state, report.message);
    run.show(report, heading);
  };
  const fail = (message: string, heading: string) => {
    disconnect();
    // The app is gone; an empty frame keeps saying what became of it.
    frame = place(run, inertFrame(run, "error", message));
    run.show({ state: "error", message }, heading);
  };
  function disconnect(): Predecessor {
    const hung = connection?.hung() ?? false;
    connection?.stop();
    connection = undefined;
    return hung ? "hung" : "ended";
  }

  async function start(predecessor: Predecessor): Promise<void> {
    try {
      const launch = await launchApp(run.appId, run.versionId, signal);
      if (signal.aborted) return;
      frame = appFrame(run);
      connection = connect(run, frame, launch, show, fail);
      place(run, frame);
    } catch (error) {
      if (signal.aborted) return;
      fail(error instanceof Error ? error.message : String(error), sandboxText.heading.launch);
    }
    if (predecessor === "ended") timers.push(setTimeout(startOver, START_PATIENCE_MS));
  }

  // The one before may have been in an endless loop that nobody had noticed yet.
  function startOver(): void {
    if (connection === undefined || connection.opened()) return;
    disconnect();
    frame = place(run, inertFrame(run, "loading"));
    timers.push(setTimeout(start, PROCESS_END_MS, "none"));
  }

  if (run.predecessor === "hung") timers.push(setTimeout(start, PROCESS_END_MS, "none"));
  else void start(run.predecessor);

  return () => {
    running.abort();
    for (const timer of timers) clearTimeout(timer);
    run.parent.replaceChildren();
    return disconnect();
  };
}

type Connection = {
  readonly opened: () => boolean;
  readonly hung: () => boolean;
  readonly stop: () => void;
};

function connect(
  run: Run,
  frame: HTMLIFrameElement,
  launch: Launch,
  show: (report: SandboxState, heading: string) => void,
  fail: (message: string, heading: string) => void,
): Connection {
  const { heading, closed } = sandboxText;
  const calls = new ServerCalls(launch);
  let hung = false;
  let last: SandboxState = { state: "loading" };
  const bridge = new SandboxBridge({
    host: window,
    frame: () => frame.contentWindow,
    launch: launch.launch,
    storage: launch.storage,
    forward: (method, params, signal) =>
      calls.call(method, params, signal).catch((error: unknown) => {
        if (error instanceof Error && "code" in error && error.code === "ended") {
          fail(error.message, heading.closed);
        }
        throw error;
      }),
    onState(report) {
      const { state, message, ...where } = report;
      last = { state, ...(message !== "" && { message }), ...where };
      show(last, state === "blank" ? heading.blank : heading.error);
    },
    onError: run.onError,
    onConsole: run.onConsole,
    onHung(now) {
      hung = now;
      if (hung) show({ state: "error", message: sandboxText.hung }, heading.hung);
      else show(last, last.state === "blank" ? heading.blank : heading.error);
    },
    onClosed: (cause) => fail(closed[cause], heading.closed),
  });
  const hurry = () => calls.hurry();
  const calm = () => calls.calm();
  window.addEventListener("pagehide", hurry);
  window.addEventListener("pageshow", calm);
  frame.addEventListener("load", () => bridge.frameLoaded());
  // After the listeners, so that no load is missed.
  frame.src = launch.url;

  return {
    opened: () => bridge.opened,
    hung: () => hung,
    stop() {
      window.removeEventListener("pagehide", hurry);
      window.removeEventListener("pageshow", calm);
      bridge.close();
      calls.revoke();
    },
  };
}

function place(run: Run, frame: HTMLIFrameElement): HTMLIFrameElement {
  run.parent.replaceChildren(frame);
  return frame;
}

/** The frame that an app runs in. Its attributes are the boundary: none of them may grow. */
function appFrame({ title }: Run): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts allow-forms");
  frame.setAttribute("allow", "");
  frame.setAttribute("referrerpolicy", "no-referrer");
  // The canvas of an app that sets no colour is that of its own colour scheme.
  frame.className = "block size-full border-0 bg-[Canvas]";
  frame.title = title;
  mark(frame, "loading");
  return frame;
}

/** A frame in which nothing runs. */
function inertFrame({ title }: Run, state: AppState, message = ""): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "");
  frame.className = "block size-full border-0";
  frame.title = title;
  mark(frame, state, message);
  return frame;
}

function mark(frame: HTMLIFrameElement, state: AppState, message = ""): void {
  frame.dataset.appState = state;
  if (message === "") delete frame.dataset.appError;
  else frame.dataset.appError = message;
}
