import type { Health, ProviderChoice, ProviderHealth, ProviderId } from "../api/types";
import { text } from "../text";

/** The override for one request; nothing of it: as configured. */
export interface Choice {
  provider: ProviderChoice | null;
  model: string;
}

export const AS_CONFIGURED: Choice = { provider: null, model: "" };

/** Who would answer a request, in the words of the chip beside the description. */
export interface Answerer {
  provider: ProviderId;
  /** The model's name, or the provider's where the model is not known. */
  name: string;
  /** Where it is asked: the provider's name, or a host elsewhere. */
  at: string;
  local: boolean;
}

const SAMPLES: Answerer = {
  provider: "demo",
  name: text.model.demo,
  at: text.model.demo,
  local: true,
};

/**
 * Who would answer with this choice; none where nobody would, as far as is known. `localOnly`: the
 * app never leaves this machine.
 */
export function answererOf(health: Health, choice: Choice, localOnly = false): Answerer | null {
  const { selected } = health;
  if (choice.provider === "demo") return SAMPLES;
  if (choice.provider === null && selected?.provider === "demo") return SAMPLES;
  // The server has said that nobody does, and why.
  if (choice.provider === null && selected?.error) return null;
  if (choice.provider === null || choice.provider === "auto") {
    const chosen =
      choice.provider === null && selected?.provider
        ? health.providers.find((p) => p.provider === selected.provider)
        : firstReady(health, localOnly);
    // A hosted model is no candidate then, and the next one in line is asked.
    if (localOnly && chosen && !chosen.local) {
      const local = firstReady(health, true);
      return local ? answerer(local, local.model) : null;
    }
    if (!chosen) return null;
    const named = choice.provider === null ? selected?.model : chosen.model;
    return answerer(chosen, choice.model || named);
  }
  const provider = health.providers.find((p) => p.provider === choice.provider);
  return provider && isReady(provider, localOnly)
    ? answerer(provider, choice.model || provider.model)
    : null;
}

/** The fields of the request that say who may answer. */
export function requestFields(choice: Choice): { provider?: ProviderChoice; model?: string } {
  const model = choice.model.trim();
  return {
    ...(choice.provider ? { provider: choice.provider } : {}),
    ...(choice.provider && choice.provider !== "auto" && choice.provider !== "demo" && model
      ? { model }
      : {}),
  };
}

function firstReady(health: Health, localOnly: boolean): ProviderHealth | undefined {
  const ready = health.providers.filter((p) => p.provider !== "demo" && isReady(p, localOnly));
  return ready.find((p) => p.local) ?? ready[0];
}

function isReady(provider: ProviderHealth, localOnly: boolean): boolean {
  return provider.enabled && provider.healthy && (provider.local || !localOnly);
}

/** Who receives what is sent: the service where it has a name, else the host that is asked. */
function destination({ name, address }: ProviderHealth): string {
  const host = address === null || !URL.canParse(address) ? null : new URL(address).host;
  return host === null || host.endsWith("openrouter.ai") ? name : host;
}

function answerer(health: ProviderHealth, model: string | null | undefined): Answerer {
  const { provider, name, local } = health;
  return { provider, name: model || name, at: local ? name : destination(health), local };
}
