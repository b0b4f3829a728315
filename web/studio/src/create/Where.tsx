import { Cloud, Laptop, Lock, Sparkles } from "lucide-react";
import type { Health } from "../api/types";
import { text } from "../text";
import { sentence } from "../ui/format";
import { Inline } from "../ui/Prose";
import { Switch } from "../ui/Switch";
import { type Answerer, answererOf, type Choice } from "./choice";

/** Where a description goes when it is sent, and the switch that keeps it here. */
export function Where({
  health,
  choice,
  localOnly,
  brief = false,
  onLocalOnly,
}: {
  health: Health | undefined;
  choice: Choice;
  localOnly: boolean;
  /** Whether there is little room: then only what leaves this machine is said. */
  brief?: boolean;
  onLocalOnly: (localOnly: boolean) => void;
}) {
  const who = health && answererOf(health, choice, localOnly);
  const silent = brief && (who === undefined || (who === null ? !localOnly : who.local));
  return (
    <div
      className={`flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-t border-line bg-sunken text-[13px] text-muted ${brief ? "px-4 py-2" : "px-4 py-2.5 sm:px-5"}`}
    >
      {!silent && (
        <p className="flex min-h-5 min-w-0 flex-1 basis-56 items-start gap-2" aria-live="polite">
          <Destination
            who={who}
            localOnly={localOnly}
            why={choice.provider === null ? health?.selected?.error?.message : undefined}
          />
        </p>
      )}
      <span title={text.localOnly.note}>
        <Switch
          side="left"
          label={text.localOnly.label}
          checked={localOnly}
          onChange={onLocalOnly}
        />
      </span>
    </div>
  );
}

function Destination({
  who,
  localOnly,
  why,
}: {
  /** Undefined while it is not known; null where nobody answers. */
  who: Answerer | null | undefined;
  localOnly: boolean;
  /** Why nobody answers, as the server says it. */
  why: string | undefined;
}) {
  const icon = "mt-0.5 size-4 shrink-0";
  if (who === undefined) return text.model.checking;
  if (who === null) {
    if (!localOnly) return <Inline>{why ? sentence(why) : text.model.none}</Inline>;
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
        <span>
          {text.model.demoWhere}{" "}
          <a href="/settings" className="rounded underline underline-offset-2">
            {text.model.demoSettings}
          </a>
        </span>
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
        {text.model.where(who.local, who.name, who.at)}
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
