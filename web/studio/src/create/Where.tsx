import { Cloud, Laptop, Lock, Sparkles } from "lucide-react";
import type { Health } from "../api/types";
import { text } from "../text";
import { Switch } from "../ui/Switch";
import { answererOf, type Choice } from "./choice";

/** Where a description goes when it is sent, and the switch that keeps it here. */
export function Where({
  health,
  choice,
  localOnly,
  busy = false,
  onLocalOnly,
}: {
  health: Health | undefined;
  choice: Choice;
  localOnly: boolean;
  busy?: boolean;
  onLocalOnly: (localOnly: boolean) => void;
}) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t border-line bg-sunken px-4 py-2.5 text-[13px] text-muted sm:px-5">
      <p className="flex min-h-5 min-w-0 flex-1 basis-56 items-start gap-2" aria-live="polite">
        <Destination health={health} choice={choice} localOnly={localOnly} />
      </p>
      <span title={text.localOnly.note}>
        <Switch
          side="left"
          label={text.localOnly.label}
          checked={localOnly}
          disabled={busy}
          onChange={onLocalOnly}
        />
      </span>
    </div>
  );
}

function Destination({
  health,
  choice,
  localOnly,
}: {
  health: Health | undefined;
  choice: Choice;
  localOnly: boolean;
}) {
  if (!health) return text.model.checking;
  const who = answererOf(health, choice, localOnly);
  const icon = "mt-0.5 size-4 shrink-0";
  if (!who) {
    if (!localOnly) return text.model.none;
    return (
      <span className="text-ember">
        {text.localOnly.none}{" "}
        <a href="/settings" className="rounded underline underline-offset-2">
          {text.localOnly.connect}
        </a>
      </span>
    );
  }
  if (who.provider === "demo") {
    return (
      <>
        <Sparkles className={icon} aria-hidden />
        <span>{text.model.demoWhere}</span>
      </>
    );
  }
  return (
    <>
      {who.local ? (
        <Laptop className={icon} aria-hidden />
      ) : (
        <Cloud className={`${icon} text-ember`} aria-hidden />
      )}
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {text.model.where(who.local, who.name)}
      </span>
    </>
  );
}

/** The mark of an app that never leaves this machine. `short`: without its words. */
export function LocalOnlyBadge({ short = false }: { short?: boolean }) {
  return (
    <span
      title={text.localOnly.note}
      className="inline-flex shrink-0 items-center gap-1.5 rounded-md bg-good-soft px-1.5 py-px text-xs font-medium text-good"
    >
      <Lock className="size-3" aria-hidden />
      <span className={short ? "sr-only" : "max-sm:sr-only"}>{text.localOnly.label}</span>
    </span>
  );
}
