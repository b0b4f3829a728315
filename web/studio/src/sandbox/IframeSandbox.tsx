import {
  type AppState,
  type ConsoleLine,
  type ErrorReport,
  plainText,
} from "@cumulonimbus/protocol";
import { Play, RotateCw } from "lucide-react";
import { type ReactNode, useEffect, useEffectEvent, useRef, useState } from "react";
import { text } from "../text.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { toast } from "../ui/Toasts.tsx";
import type { Consent } from "./consent.ts";
import { Dialogs } from "./Dialogs.ts";
import { keepTabOpen } from "./keepTabOpen.ts";
import { type Predecessor, runApp, type SandboxState } from "./runApp.ts";
import { SandboxDialogs } from "./SandboxDialogs.tsx";

export type { SandboxState } from "./runApp.ts";

const MAX_SHOWN_NAME = 60;

type Problem = { readonly heading: string; readonly report: SandboxState };

/** An app, sealed in a frame of its own, with words over it whenever it shows nothing itself. */
export function IframeSandbox({
  appId,
  versionId,
  name,
  reloadKey,
  stopped = false,
  onStart,
  className = "",
  onState,
  onError,
  onConsole,
  problemActions,
}: {
  appId: string;
  /** The app's head if left out. */
  versionId?: string | undefined;
  /** The app's name: the frame's title, and who is meant when it asks something. */
  name: string;
  /** Another value starts the app afresh. */
  reloadKey?: string | number | undefined;
  /** Ends the app, also one that does not answer, and keeps it from running. */
  stopped?: boolean | undefined;
  /** The person wants a stopped app to run again. */
  onStart?: (() => void) | undefined;
  className?: string | undefined;
  onState?: ((state: SandboxState) => void) | undefined;
  /** An error that the app survived. */
  onError?: ((report: ErrorReport) => void) | undefined;
  onConsole?: ((line: ConsoleLine) => void) | undefined;
  /** Further buttons beside Reload while there is a problem. */
  problemActions?: ((state: SandboxState) => ReactNode) | undefined;
}) {
  const place = useRef<HTMLDivElement>(null);
  const predecessor = useRef<Predecessor>(undefined);
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<AppState>("loading");
  const [problem, setProblem] = useState<Problem | undefined>();
  const [dialogs, setDialogs] = useState<Dialogs | undefined>();
  const [consent, setConsent] = useState<Consent | undefined>();

  const show = useEffectEvent((report: SandboxState, heading: string) => {
    setState(report.state);
    setProblem(
      report.state === "blank" || report.state === "error" ? { heading, report } : undefined,
    );
    onState?.(report);
  });
  const tellError = useEffectEvent((report: ErrorReport) => onError?.(report));
  const tellConsole = useEffectEvent((line: ConsoleLine) => onConsole?.(line));
  // An app's name is the app's own text.
  const shownName = plainText(name, MAX_SHOWN_NAME).trim() || text.sandbox.unnamed;
  const frameTitle = useEffectEvent(() => text.preview.frame(shownName));
  const say = useEffectEvent((message: string) => toast(text.sandbox.says(shownName, message)));

  // biome-ignore lint/correctness/useExhaustiveDependencies: the last two only start the app afresh
  useEffect(() => {
    const { current: parent } = place;
    if (!parent) return;
    setConsent(undefined);
    if (stopped) {
      predecessor.current?.drop();
      setDialogs(undefined);
      setProblem(undefined);
      return;
    }
    keepTabOpen();
    show({ state: "loading" }, "");
    const asked = new Dialogs();
    setDialogs(asked);
    const stop = runApp({
      parent,
      predecessor: predecessor.current,
      appId,
      versionId,
      title: frameTitle(),
      dialogs: asked,
      toast: (message) => say(message),
      show: (report, heading) => show(report, heading),
      onError: (report) => tellError(report),
      onConsole: (line) => tellConsole(line),
      onConsent: (consent) => setConsent(consent.incomplete ? consent : undefined),
    });
    return () => {
      predecessor.current = stop();
    };
  }, [appId, versionId, reloadKey, attempt, stopped]);

  const loading = state === "loading" && !stopped;
  return (
    <div className={`flex flex-col ${className}`} aria-busy={loading}>
      {consent && (
        <ConsentBar
          onReview={() => void consent.ask({ again: true }).catch(() => {})}
          onDismiss={() => setConsent(undefined)}
        />
      )}
      <div className="relative min-h-0 flex-1 overflow-hidden">
        <div ref={place} className="absolute inset-0" />
        {stopped && (
          // Over the frame, which may still be there for a moment.
          <div role="status" className="absolute inset-0 z-10 overflow-auto bg-sunken p-3">
            <Notice title={text.sandbox.stopped} hint={text.sandbox.stoppedNote}>
              <Button
                size="small"
                icon={<Play className="size-3.5" aria-hidden />}
                onClick={() => onStart?.()}
              >
                {text.sandbox.start}
              </Button>
            </Notice>
          </div>
        )}
        {loading && (
          <p className="pointer-events-none absolute inset-x-0 top-1/2 -translate-y-1/2 text-center text-sm text-muted">
            {text.sandbox.starting}
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
                {text.sandbox.reload}
              </Button>
              {problemActions?.(problem.report)}
            </ProblemStrip>
          </div>
        )}
        {dialogs && <SandboxDialogs dialogs={dialogs} name={shownName} />}
      </div>
    </div>
  );
}

/** Says above the app that it asks for more than it may do, and stays until that is decided. */
function ConsentBar({ onReview, onDismiss }: { onReview: () => void; onDismiss: () => void }) {
  const { missing, missingNote, review } = text.sandbox.consent;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-surface px-3 py-1.5 text-[13px]">
      <p className="min-w-0 flex-1">
        {missing}. <span className="text-muted">{missingNote}</span>
      </p>
      <Button size="small" onClick={onReview}>
        {review}
      </Button>
      <Button size="small" look="quiet" onClick={onDismiss}>
        {text.actions.dismiss}
      </Button>
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
          <summary>{text.sandbox.detail}</summary>
          <pre className="max-h-48 overflow-auto font-mono whitespace-pre-wrap">{stack}</pre>
        </details>
      )}
    </Notice>
  );
}
