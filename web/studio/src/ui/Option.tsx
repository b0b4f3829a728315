import type { ReactNode } from "react";

/** One of several choices, with what choosing it means. */
export function Option({
  group,
  checked,
  name,
  note,
  badge,
  detail,
  disabled = false,
  onPick,
}: {
  group: string;
  checked: boolean;
  name: string;
  note: string;
  badge?: ReactNode;
  /** A last line. */
  detail?: ReactNode;
  disabled?: boolean;
  onPick: () => void;
}) {
  return (
    <label
      className={`flex items-start gap-2.5 rounded-xl border px-3 py-2.5 transition-colors has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ${disabled ? "border-line text-muted" : "cursor-pointer border-line hover:border-line-strong"}`}
    >
      <input
        type="radio"
        name={group}
        checked={checked}
        disabled={disabled}
        onChange={onPick}
        className="mt-1 shrink-0 accent-(--accent)"
      />
      <span className="min-w-0">
        <span className="flex items-center gap-2 font-medium">
          {name}
          {badge && <span className="text-xs font-normal text-muted">{badge}</span>}
        </span>
        <span className="block text-[13px] text-muted">{note}</span>
        {detail}
      </span>
    </label>
  );
}
