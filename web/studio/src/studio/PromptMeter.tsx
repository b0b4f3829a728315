import { Gauge, TriangleAlert } from "lucide-react";
import type { Received, StreamState } from "../stream/reduce";
import { text } from "../text";
import { Bar } from "../ui/Bar";
import { dollars, number, sentence } from "../ui/format";
import { Inline } from "../ui/Prose";

/**
 * What the model received of what was sent to it: local models drop what does not fit without a
 * word, so their own count is held against ours.
 */
export function PromptMeter({ state }: { state: StreamState }) {
  const call = fullest(state.received);
  if (!call) return null;
  const cut = state.promptNotes.some((note) => note.code === "prompt-cut");
  const { sent, read, window } = call;
  // Our estimate and the model's own count differ by a little: its own holds where it is not cut.
  const arrived = read ?? sent;
  const share = window === null ? null : arrived / window;
  const percent = Math.round(Math.min(1, cut ? arrived / sent : (share ?? 0)) * 100);
  const cost = state.usage?.costUsd;
  const facts = [
    text.meter.sent(number(sent)),
    read === null ? text.meter.unread : text.meter.read(number(read)),
    window === null ? text.meter.noWindow : text.meter.window(number(window)),
  ];
  return (
    <section
      aria-label={text.meter.heading}
      className="rounded-xl border border-line bg-surface px-3.5 py-3 text-[13px] text-muted"
    >
      <h2 className="flex items-center gap-2 tracking-normal">
        <Gauge className="size-4" aria-hidden />
        <span className="font-medium text-ink">{text.meter.heading}</span>
        {(cut || share !== null) && (
          <span className="ml-auto tabular-nums">
            {cut ? text.meter.arrived(percent) : text.meter.full(percent)}
          </span>
        )}
      </h2>
      {share !== null && window !== null && (
        <Bar
          role="meter"
          label={text.meter.heading}
          share={share}
          words={facts.join(", ")}
          look={cut ? "bg-bad" : share > 0.9 ? "bg-ember" : "bg-accent"}
          className="mt-2 h-1.5"
        >
          {cut && (
            // What was sent and did not arrive.
            <span
              className="absolute inset-y-0 bg-bad/30"
              style={{ left: `${share * 100}%`, width: `${((sent - arrived) / window) * 100}%` }}
            />
          )}
        </Bar>
      )}
      <p className="mt-1.5">{facts.join(" · ")}</p>
      {cut ? (
        <p className="mt-2 flex gap-2 rounded-lg bg-bad-soft px-2.5 py-2 text-ink">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-bad" aria-hidden />
          <span>{text.meter.cut}</span>
        </p>
      ) : (
        read !== null && <p>{text.meter.uncut}</p>
      )}
      {state.promptNotes.length > 0 && (
        <ul className="mt-2 list-disc space-y-1 pl-5 [overflow-wrap:anywhere]">
          {state.promptNotes.map((note, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: notes are only ever appended
            <li key={at}>
              <Inline>{sentence(note.message)}</Inline>
              {note.hint && (
                <>
                  {" "}
                  <Inline>{sentence(note.hint)}</Inline>
                </>
              )}
            </li>
          ))}
        </ul>
      )}
      {typeof cost === "number" && <p className="mt-1">{text.meter.cost(dollars(cost))}</p>}
    </section>
  );
}

/** The call whose prompt came nearest to what its window holds; the first of several alike. */
export function fullest(calls: readonly Received[]): Received | undefined {
  const fill = ({ sent, read, window }: Received) => Math.max(sent, read ?? 0) / (window ?? 1e9);
  return calls.reduce<Received | undefined>(
    (most, call) => (most && fill(most) >= fill(call) ? most : call),
    undefined,
  );
}
