import { Check, Scissors, Wrench } from "lucide-react";
import type { ReactNode } from "react";
import type { FileProgress } from "../stream/reduce";
import { text } from "../text";

/** The state of a file, as a mark with its words. */
export function FileMark({ state }: { state: FileProgress }) {
  const marks: Record<FileProgress, ReactNode> = {
    idle: null,
    writing: <span className="breathe size-2 rounded-full bg-ember" />,
    done: <Check className="size-3.5 text-good" />,
    cut: <Scissors className="size-3.5 text-ember" />,
    repaired: <Wrench className="size-3.5 text-accent" />,
    removed: <span className="h-0.5 w-2.5 rounded bg-faint" />,
  };
  if (!marks[state]) return null;
  return (
    <span className="grid size-3.5 place-items-center" title={text.code.states[state]}>
      <span aria-hidden className="contents">
        {marks[state]}
      </span>
      <span className="sr-only">{text.code.states[state]}</span>
    </span>
  );
}
