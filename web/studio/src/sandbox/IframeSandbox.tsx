import type { AppState, ConsoleLine, ErrorReport } from "@cumulonimbus/protocol";
import { RotateCw } from "lucide-react";
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { type Predecessor, runApp, type SandboxState } from "./runApp.ts";
import { sandboxText } from "./text.ts";

export type { SandboxState } from "./runApp.ts";

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
  const predecessor = useRef<Predecessor>("none");
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
    const stop = runApp({
      parent,
      predecessor: predecessor.current,
      appId,
      versionId,
      title: frameTitle(),
      show: (report, heading) => show(report, heading),
      onError: (report) => tellError(report),
      onConsole: (line) => tellConsole(line),
    });
    return () => {
      predecessor.current = stop();
    };
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
