import { ArrowUp } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { hasModel } from "../api/client";
import type { Health } from "../api/types";
import { studioPath } from "../router";
import { begin } from "../stream/begin";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Failure } from "../ui/Notice";
import { AS_CONFIGURED, answererOf, type Choice, requestFields } from "./choice";
import { ModelChip, ModelPicker } from "./ModelPicker";
import { NoModel } from "./NoModel";

/** The longest description, in characters, as the server has it. */
const MAX_CHARS = 20_000;
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The description of a new app, with everything that decides who writes it. */
export function Composer({
  prompt: given,
  health,
}: {
  prompt: string;
  health: Health | undefined;
}) {
  const [prompt, setPrompt] = useState(given);
  const [choice, setChoice] = useState<Choice>(AS_CONFIGURED);
  const [picking, setPicking] = useState(false);
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
  const nobody = health !== undefined && answererOf(health, choice) === null;
  const unready = prompt.trim() === "" || over > 0 || nobody || busy;

  const generate = async (description: string, by: Choice) => {
    setBusy(true);
    setError(undefined);
    try {
      const { appId, generationId } = await begin({
        prompt: description,
        executionMode: "sandbox",
        ...requestFields(by),
      });
      location.assign(studioPath(appId, generationId));
    } catch (cause) {
      setError(cause);
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!unready) void generate(prompt, choice);
  };

  return (
    <div className="space-y-4">
      <form
        className="overflow-hidden rounded-2xl border border-line-strong bg-surface shadow-high transition-colors focus-within:border-accent"
        onSubmit={(event) => {
          event.preventDefault();
          if (!unready) void generate(prompt, choice);
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
            onChange={(event) => setPrompt(event.target.value)}
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
        {picking && health && (
          <ModelPicker id={panel} health={health} choice={choice} onChange={setChoice} withDemo />
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
                setPrompt(description);
                field.current?.focus();
              }}
            >
              {title}
            </button>
          </li>
        ))}
      </ul>

      {health && !hasModel(health) && choice.provider === null && (
        <NoModel
          health={health}
          busy={busy}
          onPlay={(sample) => {
            setPrompt(sample.prompt);
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
