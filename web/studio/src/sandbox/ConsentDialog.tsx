import { type Permissions, plainText } from "@cumulonimbus/protocol";
import { useEffect, useId, useRef, useState } from "react";
import { text } from "../text.ts";
import { Button } from "../ui/Button.tsx";
import type { Answer, ConsentQuestion } from "./Dialogs.ts";
import { useArmed } from "./useArmed.ts";

const words = text.sandbox.consent;

/**
 * Asks whether an app may have what it declares. In the browser's top layer, over the page's own
 * bars, where no app can draw; it takes no answer in its first half second.
 */
export function ConsentDialog({
  name,
  question,
  onAnswer,
}: {
  name: string;
  question: ConsentQuestion;
  onAnswer: (answer: Answer) => void;
}) {
  const { missing, reasons } = question;
  const [chosen, setChosen] = useState<Permissions>(missing);
  const armed = useArmed();
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // Enter, meant for the app a moment ago, declines.
    dialog?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element}
      aria-labelledby={heading}
      className="rise m-auto w-[min(30rem,calc(100vw-2rem))] rounded-2xl border border-line bg-surface p-6 text-ink shadow-high"
      onCancel={(event) => {
        event.preventDefault();
        onAnswer(null);
      }}
    >
      <h2 id={heading} className="text-lg font-semibold [overflow-wrap:anywhere]">
        {words.heading(name)}
      </h2>
      <p className="mt-1 mb-4 text-sm text-muted">{words.lead}</p>
      <ul className="space-y-3">
        {missing.ai && (
          <Choice
            title={words.ai}
            note={words.aiNote}
            reason={reasons.ai}
            checked={chosen.ai}
            onChange={(ai) => setChosen({ ...chosen, ai })}
          />
        )}
        {missing.domains.map((domain, index) => (
          <Choice
            key={domain}
            title={words.http(domain)}
            note={words.httpNote}
            reason={index === 0 ? reasons.http : undefined}
            checked={chosen.domains.includes(domain)}
            onChange={(checked) =>
              setChosen({
                ...chosen,
                domains: missing.domains.filter((each) =>
                  each === domain ? checked : chosen.domains.includes(each),
                ),
              })
            }
          />
        ))}
        {missing.sharedData && (
          <Choice
            title={words.sharedData}
            note={words.sharedDataNote}
            reason={reasons.sharedData}
            checked={chosen.sharedData}
            onChange={(sharedData) => setChosen({ ...chosen, sharedData })}
          />
        )}
      </ul>
      <div className="mt-5 flex justify-end gap-2">
        <Button data-first onClick={() => onAnswer(null)}>
          {words.notNow}
        </Button>
        <Button look="primary" disabled={!armed} onClick={() => onAnswer(chosen)}>
          {words.allow}
        </Button>
      </div>
    </dialog>
  );
}

function Choice({
  title,
  note,
  reason,
  checked,
  onChange,
}: {
  title: string;
  note: string;
  reason: string | undefined;
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <li>
      <label className="flex items-start gap-3 rounded-xl border border-line bg-sunken px-4 py-3 text-sm">
        <input
          type="checkbox"
          className="mt-1 accent-accent"
          checked={checked}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span className="min-w-0 [overflow-wrap:anywhere]">
          <span className="block font-medium">{title}</span>
          <span className="block text-muted">{note}</span>
          {reason && (
            <span className="mt-1 block text-muted">{words.reason(plainText(reason, 300))}</span>
          )}
        </span>
      </label>
    </li>
  );
}
