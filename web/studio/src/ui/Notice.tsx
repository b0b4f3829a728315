import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";
import { text } from "../text";
import { capitalised, sentence } from "./format";
import { Inline } from "./Prose";

type Tone = "bad" | "warn" | "info";

const TONES: Record<Tone, { box: string; icon: ReactNode }> = {
  bad: {
    box: "border-bad-line bg-bad-soft",
    icon: <CircleAlert className="size-4.5 text-bad" aria-hidden />,
  },
  warn: {
    box: "border-ember-line bg-ember-soft",
    icon: <TriangleAlert className="size-4.5 text-ember" aria-hidden />,
  },
  info: {
    box: "border-line bg-sunken",
    icon: <Info className="size-4.5 text-muted" aria-hidden />,
  },
};

/** Something a person should know: what happened, what to do, and the buttons that do it. */
export function Notice({
  tone = "info",
  title,
  hint,
  children,
  className = "",
}: {
  tone?: Tone;
  title: string;
  hint?: string | null | undefined;
  children?: ReactNode;
  className?: string;
}) {
  return (
    <div
      role={tone === "bad" ? "alert" : undefined}
      className={`flex gap-3 rounded-xl border px-4 py-3 ${TONES[tone].box} ${className}`}
    >
      <span className="mt-0.5 shrink-0">{TONES[tone].icon}</span>
      <div className="min-w-0 flex-1 space-y-1 text-sm">
        <p className="font-medium [overflow-wrap:anywhere]">
          <Inline>{capitalised(title)}</Inline>
        </p>
        {hint && (
          <p className="text-muted [overflow-wrap:anywhere]">
            <Inline>{sentence(hint)}</Inline>
          </p>
        )}
        {children && <div className="flex flex-wrap gap-2 pt-1.5">{children}</div>}
      </div>
    </div>
  );
}

/** A failure of a call, with its hint. */
export function Failure({
  error,
  children,
  className,
}: {
  error: unknown;
  children?: ReactNode;
  className?: string;
}) {
  const { message, hint } = words(error);
  return (
    <Notice tone="bad" title={message} hint={hint} {...(className ? { className } : {})}>
      {children}
    </Notice>
  );
}

/** An error as a person reads it. */
export function words(error: unknown): { message: string; hint: string | undefined } {
  if (error instanceof ApiError) return { message: error.message, hint: error.hint };
  if (error instanceof Error && error.message) return { message: error.message, hint: undefined };
  return { message: text.errors.title, hint: undefined };
}
