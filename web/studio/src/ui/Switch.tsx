import { type ReactNode, useId } from "react";

/** Something that is on or off, and takes effect at once. */
export function Switch({
  label,
  note,
  checked,
  disabled = false,
  side = "right",
  onChange,
}: {
  label: ReactNode;
  note?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  /** Where the switch stands beside its words. */
  side?: "left" | "right";
  onChange: (checked: boolean) => void;
}) {
  const described = useId();
  return (
    <label
      className={`flex gap-3 ${note ? "items-start" : "items-center"} ${side === "left" ? "flex-row-reverse justify-end" : "justify-between"} ${disabled ? "opacity-60" : "cursor-pointer"}`}
    >
      <span className="min-w-0">
        <span className={note ? "block font-medium" : undefined}>{label}</span>
        {note && (
          <span id={described} className="block text-[13px] text-muted">
            {note}
          </span>
        )}
      </span>
      <button
        type="button"
        role="switch"
        aria-checked={checked}
        aria-describedby={note ? described : undefined}
        disabled={disabled}
        className={`relative h-5 w-9 shrink-0 rounded-full transition-colors ${checked ? "bg-accent" : "bg-line-strong"}`}
        onClick={() => onChange(!checked)}
      >
        <span
          className={`absolute top-0.5 left-0.5 size-4 rounded-full bg-surface shadow-[0_1px_2px_rgb(0_0_0/25%)] transition-transform ${checked ? "translate-x-4" : ""}`}
        />
      </button>
    </label>
  );
}
