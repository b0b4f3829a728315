// The JSON that the server speaks, as the Rust types of `nimbus-core` write it.

export type ProviderId = "ollama" | "openrouter" | "demo";
export type ProviderChoice = ProviderId | "auto";
export type ExecutionMode = "sandbox" | "schema";

export interface App {
  id: string;
  name: string;
  description: string;
  executionMode: ExecutionMode;
  sample: boolean;
  /** Whether only models on this machine or network may write it. */
  localOnly?: boolean;
  /** The version that opens; none while nothing has run yet. */
  head: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface ModelRef {
  provider: ProviderId;
  model: string;
}

export interface Usage {
  promptTokens: number;
  completionTokens: number;
  firstTokenMs: number;
  totalMs: number;
  /** The context window that was asked for; 0 where the provider has no such setting. */
  contextTokens: number;
  /** What the provider says that it cost, in US dollars. */
  costUsd?: number | null;
}

export interface Diagnostic {
  severity: "error" | "warning" | "notice";
  code: string;
  message: string;
  file?: string;
  line?: number;
  column?: number;
  frame?: string;
  hint?: string;
}

/** What an app may do beyond its own data. */
export interface Permissions {
  ai: boolean;
  domains: string[];
  sharedData: boolean;
}

/** What a person has allowed an app. */
export interface PermissionGrant {
  appId: string;
  appName: string;
  permissions: Permissions;
  versionHash: string;
  grantedAt: string;
}

export interface Version {
  id: string;
  appId: string;
  parent: string | null;
  number: number;
  status: "runnable" | "draft";
  origin: "generated" | "imported" | "restored";
  prompt: string;
  model: ModelRef | null;
  usage: Usage;
  diagnostics: Diagnostic[];
  /** What it declares in its `cumulonimbus.json`. */
  sandboxPermissions?: Permissions & { reasons?: Record<string, string> };
  /** SHA-256 of its files, in hexadecimal digits. */
  hash?: string;
  createdAt: string;
}

export interface ModelChoice {
  provider?: ProviderChoice | null;
  model?: string | null;
}

export interface GenerateRequest extends ModelChoice {
  prompt: string;
  executionMode: ExecutionMode;
  appId?: string | null;
  autoFix?: boolean;
  /** For a new app: only models on this machine or network may ever write it. */
  localOnly?: boolean;
  /** A kept reply, to be used in place of asking a model. */
  reuse?: string;
}

export type GenerationState = "running" | "complete" | "failed" | "cancelled" | "interrupted";

export interface Generation {
  id: string;
  appId: string;
  request: GenerateRequest;
  state: GenerationState;
  versionId: string | null;
  lastSeq: number;
  startedAt: string;
  finishedAt: string | null;
}

export interface InstalledModel {
  name: string;
  sizeBytes: number;
}

export interface ProviderHealth {
  provider: ProviderId;
  name: string;
  enabled: boolean;
  healthy: boolean;
  local: boolean;
  address: string | null;
  version: string | null;
  model: string | null;
  models: InstalledModel[];
  problem: string | null;
  hint: string | null;
  latencyMs: number | null;
}

/** The model that would answer now, or why none would. */
export interface Selected {
  provider?: ProviderId;
  model?: string;
  local?: boolean;
  error?: { code: string; message: string; hint?: string | null };
}

export interface Health {
  providers: ProviderHealth[];
  selected: Selected | null;
}

export interface Sample {
  id: string;
  title: string;
  prompt: string;
}

export type Phase =
  | "queued"
  | "loading-model"
  | "planning"
  | "generating"
  | "checking"
  | "repairing"
  | "bundling";

export type FileState = "open" | "closed" | "cut" | "replaced" | "removed";

/** One event of a generation's journal (crates/nimbus-core/src/events.rs). */
export type GenerationEvent =
  | {
      type: "status";
      status: Phase;
      generationId: string;
      appId: string;
      message?: string;
      progress: number;
    }
  | ({ type: "model"; local: boolean; reason: string } & ModelRef)
  | { type: "fallback"; from: ModelRef; to: ModelRef; reason: string; continues?: boolean }
  | { type: "text"; content: string }
  | { type: "thinking"; content: string }
  | { type: "chunk"; filename: string; content: string; progress: number }
  | { type: "file"; filename: string; state: FileState; content?: string; progress: number }
  | ({ type: "diagnostic" } & Diagnostic)
  | { type: "preview"; versionId: string; url: string; buildMs: number }
  | ({ type: "usage"; estimatedPromptTokens: number; contextLength?: number | null } & Usage)
  | { type: "complete"; appId: string; versionId: string; url: string; progress: number }
  | { type: "error"; code: string; error: string; hint?: string; versionId?: string };
