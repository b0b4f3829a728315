import type { AppState, ConsoleLine, ErrorReport } from "@cumulonimbus/protocol";
import { RotateCw } from "lucide-react";
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
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

type Problem = { readonly heading: string; readonly report: SandboxState };

/** An app, sealed in a frame of its own, with words over it whenever it shows nothing itself. */
export function IframeSandbox({
  appId,
  versionId,
  title,
  reloadKey,
  className = "",
  onState,
  onError,
  onConsole,
  problemActions,
}: {
  appId: string;
  /** The app's head if left out. */
  versionId?: string | undefined;
  /** The app's name. */
  title?: string | undefined;
  /** Another value starts the app afresh. */
  reloadKey?: string | number | undefined;
  className?: string | undefined;
  onState?: ((state: SandboxState) => void) | undefined;
  /** An error that the app survived. */
  onError?: ((report: ErrorReport) => void) | undefined;
  onConsole?: ((line: ConsoleLine) => void) | undefined;
  /** Further buttons beside Reload while there is a problem. */
  problemActions?: ((state: SandboxState) => ReactNode) | undefined;
}) {
  const place = useRef<HTMLDivElement>(null);
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<AppState>("loading");
  const [problem, setProblem] = useState<Problem | undefined>();

  const show = useEffectEvent((report: SandboxState, heading: string) => {
    setState(report.state);
    setProblem(
      report.state === "blank" || report.state === "error" ? { heading, report } : undefined,
    );
    onState?.(report);
  });
  const tellError = useEffectEvent((report: ErrorReport) => onError?.(report));
  const tellConsole = useEffectEvent((line: ConsoleLine) => onConsole?.(line));
  const frameTitle = useEffectEvent(() => sandboxText.title(title));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the last two only start the app afresh
  useEffect(() => {
    const { current: parent } = place;
    if (!parent) return;
    show({ state: "loading" }, "");
    return runApp({
      parent,
      appId,
      versionId,
      title: frameTitle(),
      show: (report, heading) => show(report, heading),
      onError: (report) => tellError(report),
      onConsole: (line) => tellConsole(line),
    });
  }, [appId, versionId, reloadKey, attempt]);

  return (
    <div
      className={`relative min-h-0 overflow-hidden ${className}`}
      aria-busy={state === "loading"}
    >
      <div ref={place} className="absolute inset-0" />
      {state === "loading" && (
        <p className="pointer-events-none absolute inset-x-0 top-1/2 -translate-y-1/2 text-center text-sm text-muted">
          {sandboxText.starting}
        </p>
      )}
      {problem && (
        <div className="absolute inset-x-3 top-3 max-h-[calc(100%-1.5rem)] overflow-auto">
          <ProblemStrip {...problem}>
            <Button
              size="small"
              icon={<RotateCw className="size-3.5" aria-hidden />}
              onClick={() => setAttempt((n) => n + 1)}
            >
              {sandboxText.reload}
            </Button>
            {problemActions?.(problem.report)}
          </ProblemStrip>
        </div>
      )}
    </div>
  );
}

function ProblemStrip({ heading, report, children }: Problem & { children: ReactNode }) {
  const { state, message, stack } = report;
  return (
    <Notice
      tone={state === "blank" ? "warn" : "bad"}
      title={heading}
      hint={message}
      className="shadow-high"
    >
      {children}
      {stack && (
        <details className="basis-full text-[13px] text-muted">
          <summary>{sandboxText.detail}</summary>
          <pre className="max-h-48 overflow-auto font-mono whitespace-pre-wrap">{stack}</pre>
        </details>
      )}
    </Notice>
  );
}

type Run = {
  readonly parent: HTMLElement;
  readonly appId: string;
  readonly versionId: string | undefined;
  readonly title: string;
  readonly show: (report: SandboxState, heading: string) => void;
  readonly onError: (report: ErrorReport) => void;
  readonly onConsole: (line: ConsoleLine) => void;
};

/** Launches an app into a fresh frame inside `parent`; the answer takes all of it away again. */
function runApp(run: Run): () => void {
  const starting = new AbortController();
  let stop = () => {};
  let frame = inertFrame(run, "loading", "");
  run.parent.replaceChildren(frame);

  const show = (report: SandboxState, heading: string) => {
    mark(frame, report.state, report.message);
    run.show(report, heading);
  };
  const fail = (message: string, heading: string) => {
    stop();
    stop = () => {};
    // The app is gone; an empty frame keeps saying what became of it.
    frame = inertFrame(run, "error", message);
    run.parent.replaceChildren(frame);
    run.show({ state: "error", message }, heading);
  };

  launchApp(run.appId, run.versionId, starting.signal).then(
    (launch) => {
      if (starting.signal.aborted) return;
      frame = appFrame(run);
      stop = connect(run, frame, launch, show, fail);
      run.parent.replaceChildren(frame);
    },
    (error: unknown) => {
      if (starting.signal.aborted) return;
      fail(error instanceof Error ? error.message : String(error), sandboxText.heading.launch);
    },
  );
  return () => {
    starting.abort();
    stop();
    run.parent.replaceChildren();
  };
}

function connect(
  run: Run,
  frame: HTMLIFrameElement,
  launch: Launch,
  show: (report: SandboxState, heading: string) => void,
  fail: (message: string, heading: string) => void,
): () => void {
  const { heading, closed } = sandboxText;
  const calls = new ServerCalls(launch);
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
    onHung(hung) {
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

  return () => {
    window.removeEventListener("pagehide", hurry);
    window.removeEventListener("pageshow", calm);
    bridge.close();
    calls.revoke();
  };
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
function inertFrame({ title }: Run, state: AppState, message: string): HTMLIFrameElement {
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
