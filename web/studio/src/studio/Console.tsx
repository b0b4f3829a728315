import { Eraser } from "lucide-react";
import { text } from "../text";
import { IconButton } from "../ui/Button";

export interface Line {
  level: "log" | "info" | "warn" | "error" | "debug";
  /** Plain text, as the app wrote it. */
  text: string;
}

const LOOKS: Record<Line["level"], string> = {
  log: "",
  info: "",
  debug: "text-faint",
  warn: "bg-ember-soft text-ember",
  error: "bg-bad-soft text-bad",
};

/** What the app wrote to its console. */
export function Console({ lines, onClear }: { lines: readonly Line[]; onClear: () => void }) {
  return (
    <section
      aria-label={text.preview.consoleLabel}
      className="flex h-[30%] min-h-32 shrink-0 flex-col border-t border-line bg-surface"
    >
      <div className="flex items-center justify-between px-3 py-1">
        <h2 className="text-[13px] font-medium tracking-normal">{text.preview.consoleLabel}</h2>
        <IconButton
          label={text.preview.clear}
          icon={<Eraser className="size-4" aria-hidden />}
          disabled={lines.length === 0}
          onClick={onClear}
        />
      </div>
      {lines.length === 0 ? (
        <p className="px-3 text-[13px] text-muted">{text.preview.consoleEmpty}</p>
      ) : (
        <ol className="min-h-0 flex-1 overflow-y-auto pb-2 font-mono text-xs">
          {lines.map((line, at) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity of their own
              key={at}
              className={`border-t border-line px-3 py-1 whitespace-pre-wrap [overflow-wrap:anywhere] ${LOOKS[line.level]}`}
            >
              {line.text}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
