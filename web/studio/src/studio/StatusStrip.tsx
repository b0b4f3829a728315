import { Square } from "lucide-react";
import { useEffect, useState } from "react";
import type { CodeStream } from "../stream/useCodeStream";
import { text } from "../text";
import { Button } from "../ui/Button";
import { duration, number } from "../ui/format";
import { ProgressBar, phaseWords } from "./Progress";

/**
 * How far the generation is, with the way to stop it; afterwards, how it ended. It has its place
 * whether or not something runs, so that nothing below moves.
 */
export function StatusStrip({
  stream,
  idle,
  onStop,
}: {
  stream: CodeStream;
  /** What to say while no generation is followed. */
  idle: string;
  onStop: () => void;
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
          <Elapsed key={state.generationId} />
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
        <span className="shrink-0 text-muted tabular-nums">
          {text.studio.usage(duration(usage.totalMs), number(usage.completionTokens))}
        </span>
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

/** The seconds since this came into view. */
function Elapsed() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const start = Date.now();
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - start) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="shrink-0 text-faint tabular-nums max-sm:hidden" aria-hidden>
      {text.progress.seconds(seconds)}
    </span>
  );
}
