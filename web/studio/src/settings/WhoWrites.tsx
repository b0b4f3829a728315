import { Cloud, Laptop } from "lucide-react";
import { type ReactNode, useId } from "react";
import type { LlmSettings } from "../api/llm";
import type { ProviderChoice } from "../api/types";
import { text } from "../text";
import { Option } from "../ui/Option";
import { Segmented } from "../ui/Segmented";
import { Switch } from "../ui/Switch";
import { Part } from "./ProviderCard";
import type { SavedSettings } from "./useLlmSettings";

const words = text.settings.providers;

/** Who is asked first, whether the other may step in, and whether models think. */
export function WhoWrites({
  settings,
  hostedIsNear,
  save,
}: {
  settings: LlmSettings;
  /** Whether the hosted models' server stands on this machine or network. */
  hostedIsNear: boolean;
  save: SavedSettings["save"];
}) {
  const group = useId();
  const { configured } = settings;
  const option = (
    provider: ProviderChoice | null,
    name: string,
    note: string,
    detail: ReactNode,
  ) => (
    <Option
      group={group}
      checked={settings.provider === provider}
      name={name}
      note={note}
      detail={detail}
      onPick={() => void save({ provider })}
    />
  );
  return (
    <div className="rounded-2xl border border-line bg-surface shadow-card">
      <fieldset className="p-5 text-sm">
        <legend className="float-left mb-3 w-full font-medium">{text.settings.who}</legend>
        <div className="grid clear-both gap-2 sm:grid-cols-2">
          {option(
            null,
            words.configured,
            words.configuredNote(
              text.settings.providerNames[configured.provider] ?? configured.provider,
            ),
            null,
          )}
          {option("auto", words.auto, words.autoNote, <Goes>{words.autoWhere}</Goes>)}
          {option("ollama", words.ollama, words.ollamaNote, <Goes>{words.ollamaWhere}</Goes>)}
          {option(
            "openrouter",
            words.openrouter,
            words.openrouterNote,
            hostedIsNear ? (
              <Goes>{words.ollamaWhere}</Goes>
            ) : (
              <Goes away>{words.openrouterWhere}</Goes>
            ),
          )}
        </div>
      </fieldset>
      <Part>
        <Overridden
          value={settings.fallbackEnabled}
          configured={configured.fallbackEnabled}
          label={text.settings.fallback}
          note={text.settings.fallbackNote}
          onChange={(fallbackEnabled) => void save({ fallbackEnabled })}
        />
      </Part>
      <Part>
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <div className="min-w-0 flex-1 basis-60">
            <p className="font-medium" aria-hidden>
              {text.settings.thinking}
            </p>
            <p className="text-[13px] text-muted">{text.settings.thinkingNote}</p>
          </div>
          <Segmented
            label={text.settings.thinking}
            choices={THINKING}
            value={settings.thinking === null ? "own" : settings.thinking ? "on" : "off"}
            onChange={(value) => void save({ thinking: value === "own" ? null : value === "on" })}
          />
        </div>
      </Part>
    </div>
  );
}

const THINKING = [
  ["own", text.settings.thinkingChoices.own],
  ["on", text.settings.thinkingChoices.on],
  ["off", text.settings.thinkingChoices.off],
] as const;

function Goes({ away = false, children }: { away?: boolean; children: string }) {
  return (
    <span className="mt-1 flex items-center gap-1.5 text-[13px]">
      {away ? (
        <Cloud className="size-3.5 shrink-0 text-ember" aria-hidden />
      ) : (
        <Laptop className="size-3.5 shrink-0 text-good" aria-hidden />
      )}
      {children}
    </span>
  );
}

/** A switch that shows what holds, and the way back to what the server's variables say. */
function Overridden({
  value,
  configured,
  label,
  note,
  onChange,
}: {
  value: boolean | null;
  configured: boolean;
  label: string;
  note: string;
  onChange: (value: boolean | null) => void;
}) {
  const name = configured ? text.settings.on : text.settings.off;
  return (
    <>
      <Switch label={label} note={note} checked={value ?? configured} onChange={onChange} />
      <p className="mt-1 text-[13px] text-muted">
        {value === null ? (
          text.settings.configuredIs(name)
        ) : (
          <button
            type="button"
            className="rounded text-accent hover:underline"
            aria-label={`${text.settings.backToConfigured(name)}: ${label}`}
            onClick={() => onChange(null)}
          >
            {text.settings.backToConfigured(name)}
          </button>
        )}
      </p>
    </>
  );
}
