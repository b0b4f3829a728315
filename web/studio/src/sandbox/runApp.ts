// One run of an app in a frame: from its launch to the removal of the frame.
import type { AppState, ConsoleLine, ErrorReport } from "@cumulonimbus/protocol";
import { text } from "../text.ts";
import { toastFailure } from "../ui/Toasts.tsx";
import { type Connection, connect } from "./connect.ts";
import type { Consent } from "./consent.ts";
import type { Dialogs } from "./Dialogs.ts";
import { appOrigin, launchApp } from "./launch.ts";
import type { DataCall } from "./ServerCalls.ts";
import { saveLate } from "./saveLate.ts";

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

/** The frame that was in this place before. */
export type Predecessor = {
  /** It did not answer any more. */
  readonly hung: boolean;
  /** Removes it now, or when it has sent what it keeps back, which it is given a moment for. */
  readonly drop: () => void;
  /** Settles when it is removed and what it wrote has reached the server. */
  readonly gone: Promise<void>;
  /** What its app wrote after its launch had ended, as by a new version; complete when it is gone. */
  readonly unsaved: DataCall[];
};

/** What a run is made from. */
export type Run = {
  /** The element that holds nothing but the frame. */
  readonly parent: HTMLElement;
  readonly predecessor: Predecessor | undefined;
  readonly appId: string;
  readonly versionId: string | undefined;
  /** The frame's title. */
  readonly title: string;
  /** Where the app's questions are put. */
  readonly dialogs: Dialogs;
  readonly toast: (message: string) => void;
  readonly show: (report: SandboxState, heading: string) => void;
  readonly onError: (report: ErrorReport) => void;
  readonly onConsole: (line: ConsoleLine) => void;
  /** What is allowed is known, or has changed. */
  readonly onConsent: (consent: Consent) => void;
};

// A browser puts two frames of one app into one process. A new frame beside one in an endless loop
// never starts, and keeps the process alive; with no frame left, Chromium ends it within a second.
const PROCESS_END_MS = 2_000;
const START_PATIENCE_MS = 4_000;
/** How long an app that is stopped may take to send what it keeps back. */
const LAST_WORDS_MS = 250;

/**
 * Launches an app into a fresh frame inside `parent`. The answer takes all of it away again and
 * says what the run that follows has to wait for.
 */
export function runApp(run: Run): () => Predecessor {
  const running = new AbortController();
  const { signal } = running;
  const timers: ReturnType<typeof setTimeout>[] = [];
  const unsaved = run.predecessor?.unsaved ?? [];
  let connection: Connection | undefined;
  let frame: HTMLIFrameElement | undefined;

  const show = (report: SandboxState, heading: string) => {
    if (signal.aborted) return;
    if (frame) mark(frame, report.state, report.message);
    run.show(report, heading);
  };
  const fail = (message: string, heading: string) => {
    if (signal.aborted) return;
    connection?.cut();
    connection = undefined;
    // The app is gone; an empty frame keeps saying what became of it.
    frame = place(run, inertFrame(run, "error", message));
    run.show({ state: "error", message }, heading);
  };

  async function begin(): Promise<void> {
    await run.predecessor?.gone;
    if (signal.aborted) return;
    frame = place(run, inertFrame(run, "loading"));
    if (run.predecessor?.hung) timers.push(setTimeout(start, PROCESS_END_MS, false));
    else await start(run.predecessor !== undefined);
  }

  async function start(mayBeStuck: boolean): Promise<void> {
    try {
      const origin = await appOrigin();
      const launchOnce = () => launchApp(run.appId, run.versionId, origin, signal);
      let launch = await launchOnce();
      // What is written now is in the storage that only a later launch brings.
      if (await saveLate(launch, unsaved, signal, toastFailure)) launch = await launchOnce();
      if (signal.aborted) return;
      frame = appFrame(run);
      connection = connect(run, frame, launch, { show, fail, signal, unsaved });
      place(run, frame);
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error), text.sandbox.heading.launch);
      return;
    }
    if (mayBeStuck) timers.push(setTimeout(startOver, START_PATIENCE_MS));
  }

  // The one before may have been in an endless loop that nobody had noticed yet.
  function startOver(): void {
    if (connection === undefined || connection.opened()) return;
    connection.cut();
    connection = undefined;
    frame = place(run, inertFrame(run, "loading"));
    timers.push(setTimeout(start, PROCESS_END_MS, false));
  }

  void begin();

  return () => {
    running.abort();
    for (const timer of timers) clearTimeout(timer);
    const gone = connection?.end() ?? run.predecessor?.gone ?? Promise.resolve();
    const last = frame;
    if (last) mark(last, "loading");
    const hung = connection?.hung() ?? false;
    return {
      hung,
      drop: () => void setTimeout(() => last?.remove(), hung ? 0 : LAST_WORDS_MS),
      unsaved,
      gone: gone.then(() => last?.remove()),
    };
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
