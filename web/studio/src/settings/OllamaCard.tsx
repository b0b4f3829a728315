import { useId, useState } from "react";
import type { LlmSettings, LocalModel } from "../api/llm";
import type { ProviderHealth } from "../api/types";
import type { Resource } from "../api/useResource";
import { text } from "../text";
import { bytes } from "../ui/format";
import { Failure } from "../ui/Notice";
import { InstalledModels } from "./InstalledModels";
import { Part, ProviderCard } from "./ProviderCard";
import { PullModels } from "./PullModels";
import type { SavedSettings } from "./useLlmSettings";

/** The models of Ollama: which of them write, what is installed, and how to get more. */
export function OllamaCard({
  settings,
  provider,
  selected,
  models,
  save,
}: {
  settings: LlmSettings;
  provider: ProviderHealth | undefined;
  selected: boolean;
  models: Resource<LocalModel[]>;
  save: SavedSettings["save"];
}) {
  const [asking, setAsking] = useState<string>();
  const installed = (models.data ?? []).filter((model) => model.provider === "ollama");
  const writers = installed.filter(writes);
  const reachable = Boolean(provider?.version) || installed.length > 0;
  return (
    <ProviderCard id="local" title={text.settings.local} provider={provider} selected={selected}>
      <Part>
        <div className="grid gap-4 sm:grid-cols-2">
          <ModelChoice
            label={text.settings.main}
            models={writers}
            known={models.data !== undefined && reachable}
            configured={settings.configured.ollamaModel}
            value={settings.ollamaModel}
            onChange={(ollamaModel) => void save({ ollamaModel })}
            onGet={setAsking}
          />
          <ModelChoice
            label={text.settings.small}
            note={text.settings.smallNote}
            models={writers}
            known={models.data !== undefined && reachable}
            configured={settings.configured.ollamaSmallModel}
            value={settings.ollamaSmallModel}
            onChange={(ollamaSmallModel) => void save({ ollamaSmallModel })}
            onGet={setAsking}
          />
        </div>
      </Part>
      <Part title={text.settings.installed} note={text.settings.calibrateNote}>
        {models.error !== undefined && !models.data ? (
          <Failure error={models.error} />
        ) : installed.length > 0 ? (
          <InstalledModels
            models={installed}
            onProfile={(name, profile) =>
              models.set((now) =>
                now?.map((model) => (model.name === name ? { ...model, profile } : model)),
              )
            }
          />
        ) : (
          models.data && (
            <p className="text-muted">
              {reachable ? text.settings.installedNone : text.settings.installedUnknown}
            </p>
          )
        )}
      </Part>
      <PullModels
        settings={settings}
        installed={installed}
        possible={reachable}
        asking={asking}
        onAsk={setAsking}
        onInstalled={models.refresh}
      />
    </ProviderCard>
  );
}

/** Whether a model writes words. One that tells nothing of itself may. */
function writes({ capabilities = [] }: LocalModel): boolean {
  return capabilities.length === 0 || capabilities.includes("completion");
}

/** A model's name as Ollama means it: without a tag it is the newest. */
const tagged = (name: string) => (name.includes(":") ? name : `${name}:latest`);

function ModelChoice({
  label,
  note,
  models,
  known,
  configured,
  value,
  onChange,
  onGet,
}: {
  label: string;
  note?: string;
  models: readonly LocalModel[];
  /** Whether it is known which models there are. */
  known: boolean;
  configured: string;
  value: string | null;
  onChange: (model: string | null) => void;
  /** Asks whether to fetch a model. */
  onGet: (model: string) => void;
}) {
  const id = useId();
  const effective = value ?? configured;
  const isMissing = known && !models.some((model) => tagged(model.name) === tagged(effective));
  return (
    <div className="min-w-0 space-y-1">
      <label htmlFor={id} className="block font-medium">
        {label}
      </label>
      <select
        id={id}
        className="field h-9.5"
        value={value ?? ""}
        aria-describedby={note ? `${id}-note` : undefined}
        onChange={(event) => onChange(event.target.value || null)}
      >
        <option value="">{text.settings.configuredIs(configured)}</option>
        {value !== null && !models.some((model) => model.name === value) && (
          <option value={value}>{value}</option>
        )}
        {models.map((model) => (
          <option key={model.name} value={model.name}>
            {[model.name, model.parameterSize, bytes(model.sizeBytes)].filter(Boolean).join(" · ")}
          </option>
        ))}
      </select>
      {isMissing && (
        <p className="text-[13px] text-ember [overflow-wrap:anywhere]">
          {text.settings.missing(effective)}{" "}
          <button
            type="button"
            aria-label={text.settings.getOf(effective)}
            className="rounded underline underline-offset-2"
            onClick={() => onGet(effective)}
          >
            {text.settings.get}
          </button>
        </p>
      )}
      {note && (
        <p id={`${id}-note`} className="text-[13px] text-muted">
          {note}
        </p>
      )}
    </div>
  );
}
