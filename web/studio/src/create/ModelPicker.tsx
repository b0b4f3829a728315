import { ChevronDown, Cloud, Laptop, Sparkles } from "lucide-react";
import { useId } from "react";
import type { Health, ProviderChoice, ProviderHealth } from "../api/types";
import { text } from "../text";
import { Option } from "../ui/Option";
import { AS_CONFIGURED, answererOf, type Choice } from "./choice";

/** The line that says who will answer; pressing it opens the choice. */
export function ModelChip({
  health,
  choice,
  localOnly,
  open,
  panel,
  onToggle,
}: {
  health: Health | undefined;
  choice: Choice;
  localOnly: boolean;
  open: boolean;
  panel: string;
  onToggle: () => void;
}) {
  const who = health && answererOf(health, choice, localOnly);
  const note = who
    ? who.provider === "demo"
      ? text.model.demo
      : who.local
        ? text.model.stays
        : text.model.leaves
    : "";
  const label =
    who?.name ??
    (health ? (localOnly ? text.model.noneLocal : text.model.none) : text.model.checking);
  return (
    <button
      type="button"
      aria-expanded={open}
      aria-controls={panel}
      title={note}
      className="inline-flex h-8 min-w-0 items-center gap-1.5 rounded-lg px-2 text-[13px] text-muted transition-colors hover:bg-ink/6 hover:text-ink"
      onClick={onToggle}
    >
      {who?.provider === "demo" ? (
        <Sparkles className="size-4 shrink-0" aria-hidden />
      ) : who && !who.local ? (
        <Cloud className="size-4 shrink-0" aria-hidden />
      ) : (
        <Laptop className="size-4 shrink-0" aria-hidden />
      )}
      <span className="truncate">{label}</span>
      {who && who.provider !== "demo" && (
        <span className="hidden shrink-0 text-faint sm:inline">
          {who.local ? text.model.local : text.model.hosted}
        </span>
      )}
      <span className="sr-only">{note ? text.model.chip(note) : text.model.choose}</span>
      <ChevronDown
        className={`size-3.5 shrink-0 transition-transform ${open ? "rotate-180" : ""}`}
        aria-hidden
      />
    </button>
  );
}

/** The choice of provider and model for one request. */
export function ModelPicker({
  id,
  health,
  choice,
  localOnly,
  onChange,
  withDemo,
}: {
  id: string;
  health: Health;
  choice: Choice;
  /** Whether the app never leaves this machine: then no hosted model can be chosen. */
  localOnly: boolean;
  onChange: (choice: Choice) => void;
  /** Whether the sample generator can be chosen: it makes apps, and cannot change them. */
  withDemo: boolean;
}) {
  const group = useId();
  const provider = health.providers.find((p) => p.provider === choice.provider);
  const pick = (value: ProviderChoice | null) => onChange({ provider: value, model: "" });
  return (
    <div id={id} className="rise border-t border-line px-4 py-4 text-sm">
      <fieldset>
        <legend className="mb-2 font-medium">{text.model.heading}</legend>
        <div className="grid gap-1.5 sm:grid-cols-2">
          <Option
            group={group}
            checked={choice.provider === null || choice.provider === "auto"}
            name={text.model.auto}
            note={localOnly ? text.model.autoLocal : text.model.autoNote}
            onPick={() => pick(AS_CONFIGURED.provider)}
          />
          {health.providers
            .filter((p) => p.provider !== "demo")
            .map((p) => (
              <Option
                key={p.provider}
                group={group}
                checked={choice.provider === p.provider}
                name={p.name}
                note={localOnly && !p.local ? text.model.staysOut : noteOf(p)}
                badge={p.local ? text.model.local : text.model.hosted}
                disabled={!p.enabled || (localOnly && !p.local)}
                onPick={() => pick(p.provider)}
              />
            ))}
          {withDemo && (
            <Option
              group={group}
              checked={choice.provider === "demo"}
              name={text.model.demo}
              note={text.model.demoNote}
              onPick={() => pick("demo")}
            />
          )}
        </div>
      </fieldset>
      {provider && provider.provider !== "demo" && (
        <ModelName
          provider={provider}
          model={choice.model}
          onChange={(model) => onChange({ ...choice, model })}
        />
      )}
      <p className="mt-3 text-[13px] text-muted">{text.model.once}</p>
    </div>
  );
}

function ModelName({
  provider,
  model,
  onChange,
}: {
  provider: ProviderHealth;
  model: string;
  onChange: (model: string) => void;
}) {
  const id = useId();
  return (
    <div className="mt-3 space-y-1">
      <label htmlFor={id} className="font-medium">
        {text.model.name}
      </label>
      {provider.provider === "ollama" && provider.models.length > 0 ? (
        <select
          id={id}
          className="field h-9.5"
          value={model}
          onChange={(event) => onChange(event.target.value)}
        >
          <option value="">{text.model.configured(provider.model)}</option>
          {provider.models.map((installed) => (
            <option key={installed.name}>{installed.name}</option>
          ))}
        </select>
      ) : (
        <>
          <input
            id={id}
            className="field h-9.5"
            list={`${id}-known`}
            spellCheck={false}
            autoComplete="off"
            placeholder={provider.model ?? text.model.hostedName}
            value={model}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={`${id}-known`}>
            {provider.models.slice(0, 500).map((known) => (
              <option key={known.name} value={known.name} />
            ))}
          </datalist>
        </>
      )}
    </div>
  );
}

function noteOf(provider: ProviderHealth): string {
  if (!provider.enabled) return text.model.off;
  if (!provider.healthy) return provider.problem ?? text.model.notReady;
  return provider.model ?? provider.address ?? "";
}
