import type { Capability, LocalModel, ModelProfile } from "../api/llm";
import { text } from "../text";
import { bytes, number } from "../ui/format";
import { Calibration } from "./Calibration";

/** What is installed at Ollama, and what is known of each. */
export function InstalledModels({
  models,
  onProfile,
}: {
  models: readonly LocalModel[];
  onProfile: (name: string, profile: ModelProfile) => void;
}) {
  return (
    <ul aria-label={text.settings.installed} className="divide-y divide-line">
      {models.map((model) => (
        <li key={model.name} className="py-3 first:pt-0 last:pb-0">
          <Calibration
            choice={{ provider: model.provider, model: model.name }}
            name={model.name}
            profile={model.profile ?? null}
            onProfile={(profile) => onProfile(model.name, profile)}
          >
            <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <span className="font-mono text-[13px] font-medium [overflow-wrap:anywhere]">
                {model.name}
              </span>
              {model.loaded && (
                <Badge look="bg-good-soft text-good" title={text.settings.loadedNote}>
                  {text.settings.loaded}
                </Badge>
              )}
              {!model.local && (
                <Badge look="bg-ember-soft text-ember" title={text.settings.remoteNote}>
                  {text.settings.remote}
                </Badge>
              )}
            </p>
            <p className="text-[13px] text-muted">{factsOf(model).join(" · ")}</p>
          </Calibration>
        </li>
      ))}
    </ul>
  );
}

function factsOf(model: LocalModel): string[] {
  const { sizeBytes, parameterSize, quantization, contextLength, capabilities = [] } = model;
  return [
    model.local && sizeBytes > 0 ? bytes(sizeBytes) : null,
    parameterSize && text.settings.parametersOf(parameterSize),
    quantization,
    contextLength ? text.settings.contextOf(number(contextLength)) : null,
    capabilities.map((able) => text.settings.capability[able as Capability] ?? able).join(", "),
  ].filter((fact): fact is string => fact !== null && fact !== "");
}

function Badge({ look, title, children }: { look: string; title: string; children: string }) {
  return (
    <span title={title} className={`rounded-md px-1.5 py-px text-xs font-medium ${look}`}>
      {children}
    </span>
  );
}
