import { type FormEvent, useId, useState } from "react";
import { deleteKey, type LlmSettings, putKey } from "../api/llm";
import type { ProviderHealth } from "../api/types";
import { text } from "../text";
import { Bar } from "../ui/Bar";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { dollars, sentence } from "../ui/format";
import { Inline } from "../ui/Prose";
import { toast, toastFailure } from "../ui/Toasts";
import { Part, ProviderCard } from "./ProviderCard";
import type { SavedSettings } from "./useLlmSettings";

/** The hosted models: the key, which of them writes, and how much it may cost. */
export function HostedCard({
  settings,
  provider,
  selected,
  save,
  onKey,
}: {
  settings: LlmSettings;
  provider: ProviderHealth | undefined;
  selected: boolean;
  save: SavedSettings["save"];
  onKey: (hasKey: boolean) => void;
}) {
  return (
    <ProviderCard
      id="hosted"
      title={text.settings.hosted(provider?.name)}
      provider={provider}
      selected={selected}
    >
      <Part title={text.settings.key}>
        <Key settings={settings} atOpenRouter={provider?.name === OPENROUTER} onKey={onKey} />
      </Part>
      <Part>
        <HostedModel settings={settings} provider={provider} save={save} />
      </Part>
      <Part>
        <Cap key={String(settings.monthlyCapUsd)} settings={settings} save={save} />
      </Part>
    </ProviderCard>
  );
}

/** What the provider is called where it is OpenRouter itself. */
const OPENROUTER = "OpenRouter";

/** A key goes in and never comes out: what is kept can only be replaced or removed. */
function Key({
  settings,
  atOpenRouter,
  onKey,
}: {
  settings: LlmSettings;
  /** Whether keys are had there, and look like theirs. */
  atOpenRouter: boolean;
  onKey: (hasKey: boolean) => void;
}) {
  const [key, setKey] = useState("");
  const [replacing, setReplacing] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);
  const id = useId();
  const { hasKey, configured } = settings;

  const act = async (call: () => Promise<unknown>, has: boolean, said: string) => {
    setBusy(true);
    try {
      await call();
      setKey("");
      setReplacing(false);
      setRemoving(false);
      toast(said);
      onKey(has);
    } catch (error) {
      toastFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = key.trim();
    if (given) void act(() => putKey(given), true, text.settings.keySaved);
  };

  return (
    <div className="space-y-3">
      {settings.keyProblem && (
        <p role="alert" className="rounded-lg bg-ember-soft px-3 py-2">
          <Inline>{sentence(settings.keyProblem)}</Inline>
        </p>
      )}
      <p className="text-muted">
        {hasKey
          ? text.settings.keyKept
          : configured.hasKey
            ? text.settings.keyConfigured
            : text.settings.keyNone}{" "}
        {atOpenRouter && !hasKey && !configured.hasKey && (
          <a
            href={text.settings.keyUrl}
            target="_blank"
            rel="noreferrer"
            className="rounded text-accent underline underline-offset-2"
          >
            {text.settings.keyWhere}
          </a>
        )}
      </p>
      {hasKey && !replacing ? (
        <div className="flex gap-2">
          <Button size="small" onClick={() => setReplacing(true)}>
            {text.settings.keyReplace}
          </Button>
          <Button size="small" look="quiet" onClick={() => setRemoving(true)}>
            {text.settings.keyRemove}
          </Button>
        </div>
      ) : (
        <form className="flex flex-wrap items-center gap-2" onSubmit={submit}>
          <label htmlFor={id} className="sr-only">
            {text.settings.keyLabel}
          </label>
          <input
            id={id}
            type="password"
            className="field h-9.5 min-w-0 flex-1 basis-56 sm:max-w-sm"
            autoComplete="off"
            spellCheck={false}
            placeholder={atOpenRouter ? text.settings.keyPlaceholder : undefined}
            value={key}
            onChange={(event) => setKey(event.target.value)}
          />
          <Button type="submit" disabled={busy || key.trim() === ""}>
            {text.settings.keySave}
          </Button>
          {replacing && (
            <Button
              look="quiet"
              onClick={() => {
                setReplacing(false);
                setKey("");
              }}
            >
              {text.actions.cancel}
            </Button>
          )}
        </form>
      )}
      {removing && (
        <Dialog title={text.settings.keyRemoveAsk} onClose={() => setRemoving(false)}>
          <p className="text-sm text-muted">{text.settings.keyRemoveLead}</p>
          <div className="mt-5 flex justify-end gap-2">
            <Button look="quiet" onClick={() => setRemoving(false)}>
              {text.actions.cancel}
            </Button>
            <Button
              look="danger"
              disabled={busy}
              onClick={() => void act(deleteKey, false, text.settings.keyRemoved)}
            >
              {text.settings.keyRemove}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function HostedModel({
  settings,
  provider,
  save,
}: {
  settings: LlmSettings;
  provider: ProviderHealth | undefined;
  save: SavedSettings["save"];
}) {
  const kept = settings.openrouterModel ?? "";
  const [model, setModel] = useState(kept);
  const id = useId();
  const wanted = model.trim();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save({ openrouterModel: wanted || null });
  };
  return (
    <form className="space-y-1" onSubmit={submit}>
      <label htmlFor={id} className="block font-medium">
        {text.settings.hostedModel}
      </label>
      <div className="flex gap-2">
        <input
          id={id}
          className="field h-9.5 min-w-0 flex-1 sm:max-w-sm"
          list={`${id}-known`}
          spellCheck={false}
          autoCapitalize="none"
          autoComplete="off"
          placeholder={
            settings.configured.openrouterModel
              ? text.settings.configuredIs(settings.configured.openrouterModel)
              : text.settings.useConfigured
          }
          aria-describedby={`${id}-hint`}
          value={model}
          onChange={(event) => setModel(event.target.value)}
        />
        <datalist id={`${id}-known`}>
          {provider?.models.slice(0, 500).map((known) => (
            <option key={known.name} value={known.name} />
          ))}
        </datalist>
        <Button type="submit" disabled={wanted === kept}>
          {text.settings.save}
        </Button>
      </div>
      <p id={`${id}-hint`} className="text-[13px] text-muted">
        <Inline>{text.settings.hostedModelHint}</Inline>
      </p>
    </form>
  );
}

/** An amount as a person types it; null where there is none, undefined where it is none. */
export function amountOf(typed: string): number | null | undefined {
  const tidy = typed
    .trim()
    .replace(/^\$\s*/, "")
    .replace(",", ".");
  if (tidy === "") return null;
  return /^\d{1,7}(\.\d{1,6})?$/.test(tidy) ? Number(tidy) : undefined;
}

function Cap({ settings, save }: { settings: LlmSettings; save: SavedSettings["save"] }) {
  const { monthlyCapUsd: cap, spentThisMonthUsd: spent, unpricedReplies = 0 } = settings;
  const kept = cap === null ? "" : String(cap);
  const [typed, setTyped] = useState(kept);
  const id = useId();
  const amount = amountOf(typed);
  const wrong = amount === undefined;
  const reached = cap !== null && spent >= cap;
  const share = cap ? Math.min(1, spent / cap) : reached ? 1 : 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!wrong) void save({ monthlyCapUsd: amount });
  };
  return (
    <form className="space-y-1" onSubmit={submit}>
      <label htmlFor={id} className="block font-medium">
        {text.settings.cap}
      </label>
      <div className="flex items-center gap-2">
        <input
          id={id}
          className="field h-9.5 w-28"
          inputMode="decimal"
          autoComplete="off"
          aria-invalid={wrong}
          aria-describedby={`${id}-hint`}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <span className="text-muted">{text.settings.capUnit}</span>
        <Button type="submit" disabled={wrong || amount === cap}>
          {text.settings.save}
        </Button>
      </div>
      <p id={`${id}-hint`} className={`text-[13px] ${wrong ? "text-bad" : "text-muted"}`}>
        {wrong ? text.settings.capWrong : text.settings.capHint}
      </p>
      <div className="pt-2">
        <p className={`text-[13px] ${reached ? "font-medium text-bad" : ""}`}>
          {cap === null
            ? text.settings.spent(dollars(spent))
            : text.settings.spentOf(dollars(spent), dollars(cap))}
        </p>
        {cap !== null && (
          <Bar
            role="meter"
            label={text.settings.spentBar}
            share={share}
            words={text.settings.spentOf(dollars(spent), dollars(cap))}
            look={reached ? "bg-bad" : share > 0.8 ? "bg-ember" : "bg-good"}
            className="mt-1.5 h-1.5 max-w-sm"
          />
        )}
        <p className="mt-1.5 text-[13px] text-muted">
          {reached && `${text.settings.spentAll} `}
          {unpricedReplies > 0
            ? text.settings.spentUnpriced(unpricedReplies)
            : text.settings.spentUnknown}
        </p>
      </div>
    </form>
  );
}
