import type { ReactNode } from "react";

/** How much of a whole something is: of a task (`progressbar`), or of what there is (`meter`). */
export function Bar({
  role,
  label,
  share,
  words,
  look = "bg-accent",
  className = "h-1.5",
  children,
}: {
  role: "progressbar" | "meter";
  label: string;
  /** 0 to 1; none while it is not known. */
  share: number | null;
  /** The same in words. */
  words: string;
  /** The class of its colour. */
  look?: string;
  className?: string;
  /** Marks upon it. */
  children?: ReactNode;
}) {
  const percent = share === null ? undefined : Math.round(Math.min(1, share) * 100);
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have a name and a value
    <div
      role={role}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={words || undefined}
      className={`relative overflow-hidden rounded-full bg-line ${className}`}
    >
      <div
        className={`h-full rounded-full ${look} ${share === null ? "breathe w-full opacity-40" : ""}`}
        style={share === null ? undefined : { width: `${Math.min(1, share) * 100}%` }}
      />
      {children}
    </div>
  );
}
