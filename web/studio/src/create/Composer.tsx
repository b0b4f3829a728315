import { ArrowUp } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Offer } from "../api/llm";
import type { Health } from "../api/types";
import { studioPath } from "../router";
import { begin } from "../stream/begin";
import { text } from "../text";
import { Button, LinkButton } from "../ui/Button";
import { Failure, Notice } from "../ui/Notice";
import { AS_CONFIGURED, answererOf, type Choice, requestFields } from "./choice";
import { ModelChip, ModelPicker } from "./ModelPicker";
import { NoModel } from "./NoModel";
import { offersFor } from "./offers";
import { ReuseOffer } from "./ReuseOffer";
import { Where } from "./Where";

/** The longest description, in characters, as the server has it. */
const MAX_CHARS = 20_000;
/** Nothing is missing: the person's own limit is reached. */
const AT_CAP = "model-payment-required";
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The description of a new app, with everything that decides who writes it. */
export function Composer({
  prompt: given,
  health,
  hasApps,
}: {
  prompt: string;
  health: Health | undefined;
  /** Whether there are apps to come back to; undefined while that is not known. */
  hasApps: boolean | undefined;
}) {
  const [prompt, setPrompt] = useState(given);
  const [choice, setChoice] = useState<Choice>(AS_CONFIGURED);
  const [localOnly, setLocalOnly] = useState(false);
  const [picking, setPicking] = useState(false);
  const [offers, setOffers] = useState<readonly Offer[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const field = useRef<HTMLTextAreaElement>(null);
  const panel = useId();

  // Coming back with the browser's Back button shows this page as it was left: waiting.
  useEffect(() => {
    const onShow = () => setBusy(false);
    addEventListener("pageshow", onShow);
    return () => removeEventListener("pageshow", onShow);
  }, []);

  const over = [...prompt].length - MAX_CHARS;
  const who = health && answererOf(health, choice, localOnly);
  const unready = prompt.trim() === "" || over > 0 || who === null || busy;

  const generate = async (description: string, by: Choice, reuse?: string) => {
    setBusy(true);
    setError(undefined);
    try {
      const { appId, generationId } = await begin({
        prompt: description,
        executionMode: "sandbox",
        ...requestFields(by),
        ...(localOnly ? { localOnly } : {}),
        ...(reuse === undefined ? {} : { reuse }),
      });
      location.assign(studioPath(appId, generationId));
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  /** Offers what is kept from before, once; else generates. */
  const submit = async () => {
    if (unready) return;
    if (offers.length === 0 && who?.provider !== "demo") {
      setBusy(true);
      const found = await offersFor({ prompt, ...requestFields(choice) });
      if (found.length > 0) {
        setOffers(found);
        setPicking(false);
        setBusy(false);
        return;
      }
    }
    await generate(prompt, choice);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void submit();
  };
  // What is offered fits what was asked, and nothing else.
  const change = (description: string) => {
    setPrompt(description);
    setOffers([]);
  };
  const choose = (by: Choice) => {
    setChoice(by);
    setOffers([]);
  };

  const asked = health && answererOf(health, AS_CONFIGURED);
  return (
    <div className="space-y-4">
      <form
        className="overflow-hidden rounded-2xl border border-line-strong bg-surface shadow-high transition-colors focus-within:border-accent"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label>
          <span className="sr-only">{text.create.label}</span>
          <textarea
            ref={field}
            rows={3}
            value={prompt}
            placeholder={text.create.placeholder}
            className="block max-h-[50vh] min-h-26 w-full resize-none bg-transparent px-4 pt-4 pb-2 text-base outline-none field-sizing-content placeholder:text-faint sm:px-5 sm:text-[17px]"
            onChange={(event) => change(event.target.value)}
            onKeyDown={onKeyDown}
          />
        </label>
        {over > 0 && (
          <p role="alert" className="px-5 pb-1 text-sm text-bad">
            {text.create.tooLong(over)}
          </p>
        )}
        <div className="flex flex-wrap items-center gap-x-1.5 gap-y-2 px-2.5 pb-2.5 sm:px-3">
          <KindChoice />
          <ModelChip
            health={health}
            choice={choice}
            localOnly={localOnly}
            open={picking}
            panel={panel}
            onToggle={() => setPicking(!picking)}
          />
          <div className="ml-auto flex items-center gap-2.5">
            <kbd className="hidden font-sans text-xs text-faint md:block">
              {text.create.keys(isMac)}
            </kbd>
            <Button
              type="submit"
              look="primary"
              disabled={unready}
              aria-keyshortcuts="Control+Enter Meta+Enter"
              icon={<ArrowUp className="size-4" aria-hidden />}
            >
              {busy ? text.create.busy : text.create.button}
            </Button>
          </div>
        </div>
        <Where
          health={health}
          choice={choice}
          localOnly={localOnly}
          onLocalOnly={(on) => {
            setLocalOnly(on);
            const chosen = health?.providers.find((p) => p.provider === choice.provider);
            choose(on && chosen && !chosen.local ? AS_CONFIGURED : choice);
          }}
        />
        {picking && health && (
          <ModelPicker
            id={panel}
            health={health}
            choice={choice}
            localOnly={localOnly}
            onChange={choose}
            withDemo
          />
        )}
        {offers.length > 0 && (
          <ReuseOffer
            offers={offers}
            busy={busy}
            onUse={(offer) => void generate(prompt, choice, offer.id)}
            onAnew={() => void generate(prompt, choice)}
          />
        )}
      </form>

      {error !== undefined && <Failure error={error} />}

      <ul aria-label={text.create.examples} className="flex flex-wrap justify-center gap-2">
        {text.create.ideas.map(([title, description]) => (
          <li key={title}>
            <button
              type="button"
              title={description}
              aria-label={text.create.example(title)}
              className="h-8 rounded-full border border-line bg-surface/70 px-3.5 text-[13px] text-muted transition-colors hover:border-line-strong hover:text-ink"
              onClick={() => {
                change(description);
                field.current?.focus();
              }}
            >
              {title}
            </button>
          </li>
        ))}
      </ul>

      {health?.selected?.error?.code === AT_CAP && (
        <Notice tone="warn" title={health.selected.error.message} hint={health.selected.error.hint}>
          <LinkButton size="small" href="/settings#hosted">
            {text.nav.settings}
          </LinkButton>
        </Notice>
      )}
      {health &&
        asked === null &&
        health.selected?.error?.code !== AT_CAP &&
        choice.provider === null &&
        hasApps !== undefined && (
          <NoModel
            health={health}
            busy={busy}
            folded={hasApps}
            onPlay={(sample) => {
              change(sample.prompt);
              void generate(sample.prompt, { provider: "demo", model: "" });
            }}
          />
        )}
    </div>
  );
}

/** Freeform is what there is; the other kind is named, so that nobody looks for it in vain. */
function KindChoice() {
  const name = useId();
  const item =
    "relative flex h-7 items-center rounded-md px-2.5 text-[13px] has-focus-visible:outline-2 has-focus-visible:outline-accent";
  return (
    <fieldset className="flex rounded-lg bg-sunken p-0.5">
      <legend className="sr-only">{text.create.kind}</legend>
      <label
        title={text.create.freeformNote}
        className={`${item} bg-surface font-medium shadow-[0_1px_2px_rgb(0_0_0/8%)] dark:bg-line`}
      >
        <input type="radio" name={name} defaultChecked className="sr-only" />
        {text.create.freeform}
      </label>
      <label title={text.create.schemaNote} className={`${item} text-faint`}>
        <input type="radio" name={name} disabled className="sr-only" />
        {text.create.schema}
        <span className="ml-1.5 text-xs">({text.create.soon})</span>
      </label>
    </fieldset>
  );
}
