// The models that can be asked, whose they are, and what the person chose: `/api/settings/llm`,
// `/api/llm/…`.
import { SseParser } from "../stream/sse";
import { text } from "../text";
import { ApiError, call, send } from "./client";
import type { ModelChoice, ModelRef, ProviderChoice, ProviderId } from "./types";

/** What a person set; null where the server's variables hold. */
export interface LlmPreferences {
  provider: ProviderChoice | null;
  ollamaModel: string | null;
  ollamaSmallModel: string | null;
  openrouterModel: string | null;
  fallbackEnabled: boolean | null;
  thinking: boolean | null;
  /** US dollars; null: no limit. */
  monthlyCapUsd: number | null;
}

export interface LlmSettings extends LlmPreferences {
  /** Whether a key of the person's own is kept. */
  hasKey: boolean;
  /** Why the kept key cannot be used. */
  keyProblem?: string | null;
  spentThisMonthUsd: number;
  /** Hosted replies of this month whose cost nobody told. */
  unpricedReplies?: number;
  /** What holds where nothing is set. */
  configured: {
    provider: ProviderChoice;
    ollamaModel: string;
    ollamaSmallModel: string;
    openrouterModel: string | null;
    fallbackEnabled: boolean;
    hasKey: boolean;
    ollamaApiUrl: string;
  };
}

export type Capability = "completion" | "thinking" | "tools" | "vision" | "insert" | "embedding";

/** What measuring a model found out (crates/nimbus-core/src/profile.rs). */
export interface ModelProfile extends ModelRef {
  /** The form in which it writes files; `unknown`: none that was understood. */
  dialect: "tags" | "fences" | "unknown";
  /** Whether it wrote both of two files that import one another. */
  severalFiles: boolean;
  /** Whether it can change a file by search and replace. */
  edits: boolean;
  /** The tokens of its longest reply, up to where that went wrong. */
  cleanTokens: number;
  /** Whether nothing went wrong: it can then write at least that much. */
  cleanToTheEnd: boolean;
  tokensPerSecond: number;
  firstTokenMs: number;
  /** Whether it reasoned before it answered. */
  thinks: boolean;
  measuredAt: string;
}

export interface LocalModel {
  provider: ProviderId;
  name: string;
  sizeBytes: number;
  /** Such as `30.5B`. */
  parameterSize?: string | null;
  quantization?: string | null;
  /** In tokens. */
  contextLength?: number | null;
  /** Empty where it tells nothing. */
  capabilities?: readonly string[];
  /** Whether it is in memory now. */
  loaded: boolean;
  /** Whether it runs on this machine or network. */
  local: boolean;
  profile?: ModelProfile | null;
}

/** A model that Ollama fetches now. */
export interface Pull {
  model: string;
  status: string;
  /** Bytes, where the server knows. */
  completed: number | null;
  total: number | null;
}

export type CalibrationStep = "dialect" | "edits" | "length";

export interface Refusal {
  type: "error";
  code: string;
  error: string;
  hint?: string | null;
}

export type PullEvent =
  | ({ type: "progress" } & Omit<Pull, "model">)
  | { type: "complete" }
  | Refusal;
export type CalibrationEvent =
  | { type: "step"; step: CalibrationStep; message: string }
  | { type: "complete"; profile: ModelProfile }
  | Refusal;

/** A reply that is kept from before. */
export interface Offer {
  id: string;
  kind: "exact" | "similar";
  /** 0 to 1. */
  similarity: number;
  prompt: string;
  model: ModelRef;
  createdAt: string;
}

export const getLlmSettings = () => call<LlmSettings>("GET", "/api/settings/llm");
export const putLlmSettings = (preferences: LlmPreferences) =>
  call<unknown>("PUT", "/api/settings/llm", preferences);
export const putKey = (key: string) => call<unknown>("PUT", "/api/settings/llm/key", { key });
export const deleteKey = () => call<unknown>("DELETE", "/api/settings/llm/key");

export const listModels = async () =>
  (await call<{ models: LocalModel[] }>("GET", "/api/llm/models")).models;
export const listPulls = async () => (await call<{ pulls: Pull[] }>("GET", "/api/llm/pulls")).pulls;
export const stopPull = (model: string) =>
  call<unknown>("DELETE", `/api/llm/pulls/${encodeURIComponent(model)}`);

/** Has a model fetched, or joins where it is being fetched. Leaving does not stop it. */
export const pull = (model: string, signal: AbortSignal) =>
  events<PullEvent>("/api/llm/pull", { model }, signal);

/** Has a model measured. */
export const calibrate = (choice: ModelChoice, signal: AbortSignal) =>
  events<CalibrationEvent>("/api/llm/calibrate", choice, signal);

/** Replies to the same or a similar request that are kept. */
export const findSimilar = async (
  request: { prompt: string; appId?: string } & ModelChoice,
  signal: AbortSignal,
): Promise<Offer[]> => {
  const response = await send("POST", "/api/llm/similar", request, signal);
  return ((await response.json()) as { offers: Offer[] }).offers;
};

/** The events of a stream that has no numbers: it cannot be resumed, only asked for again. */
async function* events<T>(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<T> {
  const response = await send("POST", path, body, signal, "text/event-stream");
  const reader = response.body?.getReader();
  if (!reader) return;
  const parser = new SseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      for (const { data } of parser.push(value)) yield JSON.parse(data) as T;
    }
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError(0, "lost", text.errors.lost, text.errors.lostHint);
  } finally {
    void reader.cancel().catch(() => {});
  }
}
