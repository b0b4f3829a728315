import { openFile, type StreamState, type Totals } from "../stream/reduce";
import { text } from "../text";
import { dollars, duration, number } from "../ui/format";

/** What is being done now, in words. */
export function phaseWords(state: StreamState): string {
  if (state.outcome === "complete") return text.progress.done;
  if (state.outcome === "failed") return text.studio.failed;
  const writing = openFile(state);
  if (writing && state.phase === "generating") return text.progress.writing(writing.path);
  return state.phaseMessage ?? text.phase[state.phase ?? "queued"] ?? text.phase.queued;
}

/** What it took, in words. */
export function usageWords({ totalMs, completionTokens, costUsd }: Totals): string {
  const cost = costUsd === null ? null : dollars(costUsd);
  return text.studio.usage(duration(totalMs), number(completionTokens), cost);
}

/** How far it is: a bar, and its figure for screen readers. */
export function ProgressBar({
  progress,
  running,
  className = "",
}: {
  progress: number;
  running: boolean;
  className?: string;
}) {
  const percent = Math.round(progress * 100);
  return (
    <div
      role="progressbar"
      aria-label={text.progress.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={`h-1 overflow-hidden bg-line ${className}`}
    >
      <div
        className={`h-full origin-left rounded-full transition-[width] duration-300 ease-out ${running ? "sweep bg-ember" : "bg-good"}`}
        style={{ width: `${Math.max(percent, running ? 2 : 0)}%` }}
      />
    </div>
  );
}
