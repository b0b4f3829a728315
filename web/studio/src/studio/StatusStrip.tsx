import { RotateCcw, Square } from "lucide-react";
import { useEffect, useState } from "react";
import { serverAhead } from "../api/client";
import type { CodeStream } from "../stream/useCodeStream";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ProgressBar, phaseWords, usageWords } from "./Progress";

/**
 * How far the generation is, with the way to stop it; afterwards, how it ended. It has its place
 * whether or not something runs, so that nothing below moves.
 */
export function StatusStrip({
  stream,
  idle,
  startedAt,
  onStop,
  onRetry,
}: {
  stream: CodeStream;
  /** What to say while no generation is followed. */
  idle: string;
  /** When the generation began, by the server's clock; unknown until it is listed. */
  startedAt: string | undefined;
  onStop: () => void;
  /** Tries again; none where the conversation, which offers it too, is in view. */
  onRetry: (() => void) | undefined;
}) {
  const { state, running } = stream;
  const [stopping, setStopping] = useState(false);
  useEffect(() => {
    if (!running) setStopping(false);
  }, [running]);
  const { usage } = state;
  const ended = state.outcome !== "running";
  const cutShort = CUT_SHORT[state.error?.code ?? ""];
  const dot = running ? "bg-ember breathe" : cutShort ? DOTS.running : DOTS[state.outcome];
  const words = running ? phaseWords(state) : (cutShort ?? (ended ? phaseWords(state) : idle));
  return (
    <section
      aria-label={text.progress.label}
      className="relative flex h-10 shrink-0 items-center gap-3 border-b border-line bg-surface pr-1.5 pl-4 text-[13px]"
    >
      {/* Spoken once per step, not per token. */}
      <p role="status" className="sr-only">
        {running ? text.phase[state.phase ?? "queued"] : ended ? words : ""}
      </p>
      <span
        className={`size-2 shrink-0 rounded-full ${running || ended ? dot : "bg-line-strong"}`}
        aria-hidden
      />
      <span className="min-w-0 truncate" aria-hidden>
        {words}
      </span>
      {running && (
        <>
          <span className="shrink-0 text-muted tabular-nums" aria-hidden>
            {text.progress.percent(Math.round(state.progress * 100))}
          </span>
          <Elapsed key={state.generationId} startedAt={startedAt} />
          <Button
            size="small"
            look="quiet"
            className="ml-auto"
            disabled={stopping || state.generationId === null}
            icon={<Square className="size-2.5 fill-current" aria-hidden />}
            onClick={() => {
              setStopping(true);
              onStop();
            }}
          >
            {stopping ? text.studio.stopping : text.studio.stop}
          </Button>
        </>
      )}
      {!running && ended && usage && usage.totalMs > 0 && (
        <span className="shrink-0 text-muted tabular-nums">{usageWords(usage)}</span>
      )}
      {!running && onRetry && (state.outcome === "failed" || isBroken(stream)) && (
        <Button
          size="small"
          look="quiet"
          className="ml-auto"
          icon={<RotateCcw className="size-3.5" aria-hidden />}
          onClick={onRetry}
        >
          {text.actions.retry}
        </Button>
      )}
      {running && (
        <ProgressBar
          progress={state.progress}
          running
          className="absolute inset-x-0 -bottom-px h-0.5!"
        />
      )}
    </section>
  );
}

const DOTS = { running: "bg-line-strong", complete: "bg-good", failed: "bg-bad" } as const;

/** Ends that are nobody's fault, by their code. */
const CUT_SHORT: Readonly<Record<string, string | undefined>> = {
  cancelled: text.studio.stopped,
  interrupted: text.studio.interrupted,
};

/** Whether the generation could not be followed to its end, or had none. */
function isBroken({ state, connection }: CodeStream): boolean {
  return (
    connection.state === "failed" || (connection.state === "closed" && state.outcome === "running")
  );
}

/** The seconds since the generation began, however often it is opened. */
function Elapsed({ startedAt }: { startedAt: string | undefined }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const opened = Date.now();
    const start = startedAt === undefined ? opened : Date.parse(startedAt) - serverAhead();
    const tick = () => setSeconds(Math.max(0, Math.floor((Date.now() - start) / 1000)));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [startedAt]);
  return (
    <span className="shrink-0 text-faint tabular-nums max-sm:hidden" aria-hidden>
      {text.progress.seconds(seconds)}
    </span>
  );
}
