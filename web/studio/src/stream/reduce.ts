// What a generation has said so far, as one value: `reduceEvent` folds its journal.
import type { Diagnostic, GenerationEvent, ModelRef, Phase } from "../api/types";

/** How a file stands. `idle`: it was there before and was not touched. */
export type FileProgress = "idle" | "writing" | "done" | "cut" | "repaired" | "removed";

/**
 * A file as pieces, so that a piece costs the same however long the file is. The array may be
 * shared with later states and grow: only its first `count` pieces belong to this one.
 */
export interface StreamFile {
  path: string;
  state: FileProgress;
  /** Changes when the text starts over; while it is the same, pieces are only appended. */
  epoch: string;
  pieces: readonly string[];
  count: number;
}

/** One thing in the conversation, in the order in which it happened. */
export type ConversationItem =
  | { kind: "text" | "thinking"; key: number; content: string }
  | { kind: "model"; key: number; model: ModelRef; local: boolean; reason: string }
  | {
      kind: "fallback";
      key: number;
      from: ModelRef;
      to: ModelRef;
      reason: string;
      /** Whether it goes on from what was written, in place of beginning. */
      continues: boolean;
    }
  | { kind: "files"; key: number; paths: readonly string[] }
  | { kind: "diagnostics"; key: number; diagnostics: readonly Diagnostic[] };

export interface StreamError {
  code: string;
  message: string;
  hint: string | undefined;
  versionId: string | undefined;
}

/** One call of a model: what was sent, and what it says it read, in tokens. */
export interface Received {
  /** As we estimate it. */
  sent: number;
  /** None where the model does not say. */
  read: number | null;
  /** What it can read at once; none where that is not known. */
  window: number | null;
}

/** What all calls of models took together. */
export interface Totals {
  completionTokens: number;
  totalMs: number;
  /** US dollars; none where nobody states a cost. */
  costUsd: number | null;
}

export interface StreamState {
  /** The number of the newest event folded in; events up to it are ignored. */
  lastId: number;
  generationId: string | null;
  appId: string | null;
  phase: Phase | null;
  phaseMessage: string | null;
  progress: number;
  items: readonly ConversationItem[];
  files: readonly StreamFile[];
  preview: { versionId: string; buildMs: number } | null;
  usage: Totals | null;
  /** Each call of a model, in order. */
  received: readonly Received[];
  /** What was found about the prompts: cut, or files that were left out. */
  promptNotes: readonly Diagnostic[];
  outcome: "running" | "complete" | "failed";
  versionId: string | null;
  error: StreamError | null;
}

/** Nothing has been said yet. */
export function initialState(): StreamState {
  return {
    lastId: 0,
    generationId: null,
    appId: null,
    phase: null,
    phaseMessage: null,
    progress: 0,
    items: [],
    files: [],
    preview: null,
    usage: null,
    received: [],
    promptNotes: [],
    outcome: "running",
    versionId: null,
    error: null,
  };
}

/** Folds the event numbered `id`. An event that was folded before changes nothing. */
export function reduceEvent(state: StreamState, id: number, event: GenerationEvent): StreamState {
  if (id <= state.lastId) return state;
  const next: StreamState = { ...state, lastId: id };
  if ("progress" in event) next.progress = Math.max(state.progress, clamp(event.progress));

  switch (event.type) {
    case "status":
      next.generationId = event.generationId;
      next.appId = event.appId;
      next.phase = event.status;
      next.phaseMessage = event.message ?? null;
      return next;
    case "model": {
      const { provider, model, local, reason } = event;
      next.items = [
        ...state.items,
        { kind: "model", key: id, model: { provider, model }, local, reason },
      ];
      return next;
    }
    case "fallback": {
      const { from, to, reason, continues = false } = event;
      next.items = [...state.items, { kind: "fallback", key: id, from, to, reason, continues }];
      return next;
    }
    case "text":
    case "thinking":
      next.items = withWords(state.items, event.type, id, event.content);
      return next;
    case "chunk":
      next.files = withPiece(state.files, event.filename, epochOf(state, id), event.content);
      if (!known(state.files, event.filename)) {
        next.items = withFile(state.items, id, event.filename);
      }
      return next;
    case "file":
      next.files = withFileState(state.files, epochOf(state, id), event);
      if (event.state !== "removed" && event.state !== "cut") {
        next.items = withFile(state.items, id, event.filename);
      }
      return next;
    case "diagnostic": {
      const { type: _, ...diagnostic } = event;
      // What concerns the prompt is no finding in the source.
      if (isAboutPrompt(diagnostic.code)) {
        next.promptNotes = [...state.promptNotes, diagnostic];
      } else {
        next.items = withDiagnostic(state.items, id, diagnostic);
      }
      return next;
    }
    case "preview":
      next.preview = { versionId: event.versionId, buildMs: event.buildMs };
      return next;
    case "usage":
      next.usage = withUsage(state.usage, event);
      next.received = [...state.received, receivedOf(event)];
      return next;
    case "complete":
      next.outcome = "complete";
      next.appId = event.appId;
      next.versionId = event.versionId;
      next.progress = 1;
      return next;
    case "error":
      next.outcome = "failed";
      next.versionId = event.versionId ?? null;
      next.error = {
        code: event.code,
        message: event.error,
        hint: event.hint,
        versionId: event.versionId,
      };
      next.files = state.files.map((file) =>
        file.state === "writing" ? { ...file, state: "cut" } : file,
      );
      return next;
    default:
      // A newer server may say more than this page knows.
      return next;
  }
}

type UsageEvent = Extract<GenerationEvent, { type: "usage" }>;

function withUsage(before: Totals | null, event: UsageEvent): Totals {
  const cost = event.costUsd ?? null;
  const earlier = before?.costUsd ?? null;
  return {
    completionTokens: (before?.completionTokens ?? 0) + event.completionTokens,
    totalMs: (before?.totalMs ?? 0) + event.totalMs,
    costUsd: cost === null ? earlier : (earlier ?? 0) + cost,
  };
}

function receivedOf(event: UsageEvent): Received {
  // What was asked for is what holds; a model that has no such setting has its own length.
  const window = event.contextTokens || event.contextLength || null;
  return { sent: event.estimatedPromptTokens, read: event.promptTokens || null, window };
}

/** All of a file's text so far. */
export function fileText(file: StreamFile): string {
  return file.pieces.slice(0, file.count).join("");
}

/** The file that the model writes now. */
export function openFile(state: StreamState): StreamFile | undefined {
  return state.files.findLast((file) => file.state === "writing");
}

function isAboutPrompt(code: string): boolean {
  return code === "prompt-cut" || code === "files-left-out";
}

/** Never the same for two generations, so that a view cannot mistake one's text for the other's. */
function epochOf(state: StreamState, id: number): string {
  return `${state.generationId ?? ""}:${id}`;
}

function clamp(progress: number): number {
  return Number.isFinite(progress) ? Math.min(1, Math.max(0, progress)) : 0;
}

function known(files: readonly StreamFile[], path: string): boolean {
  return files.some((file) => file.path === path);
}

function put(files: readonly StreamFile[], file: StreamFile): StreamFile[] {
  const at = files.findIndex((other) => other.path === file.path);
  return at < 0 ? [...files, file] : files.with(at, file);
}

function withPiece(
  files: readonly StreamFile[],
  path: string,
  epoch: string,
  content: string,
): readonly StreamFile[] {
  const file = files.find((other) => other.path === path);
  if (!file) {
    return put(files, { path, state: "writing", epoch, pieces: [content], count: 1 });
  }
  if (content === "") return files;
  const { pieces, count } = append(file.pieces as string[], file.count, content);
  return put(files, { ...file, state: "writing", pieces, count });
}

/**
 * Appends in place when nobody has appended to this state before, and copies otherwise: each
 * state keeps seeing exactly its own pieces.
 */
function append(pieces: string[], count: number, content: string) {
  const own = pieces.length === count ? pieces : pieces.slice(0, count);
  own.push(content);
  return { pieces: own, count: count + 1 };
}

function withFileState(
  files: readonly StreamFile[],
  epoch: string,
  event: Extract<GenerationEvent, { type: "file" }>,
): readonly StreamFile[] {
  const path = event.filename;
  const file = files.find((other) => other.path === path);
  const blank: StreamFile = { path, state: "done", epoch, pieces: [], count: 0 };
  switch (event.state) {
    case "open":
      return put(files, { ...blank, state: "writing" });
    case "closed":
      return put(files, { ...(file ?? blank), state: "done" });
    case "cut":
      return put(files, { ...(file ?? blank), state: "cut" });
    case "replaced":
      return put(files, {
        ...blank,
        state: "repaired",
        pieces: [event.content ?? ""],
        count: 1,
      });
    case "removed":
      return put(files, { ...blank, state: "removed" });
  }
}

function withWords(
  items: readonly ConversationItem[],
  kind: "text" | "thinking",
  id: number,
  content: string,
): readonly ConversationItem[] {
  const last = items.at(-1);
  if (last?.kind === kind) {
    return items.with(items.length - 1, { ...last, content: last.content + content });
  }
  // White space between two files is no paragraph of its own.
  if (content.trim() === "") return items;
  return [...items, { kind, key: id, content }];
}

function withFile(
  items: readonly ConversationItem[],
  id: number,
  path: string,
): readonly ConversationItem[] {
  if (items.some((item) => item.kind === "files" && item.paths.includes(path))) return items;
  const last = items.at(-1);
  if (last?.kind === "files") {
    return items.with(items.length - 1, { ...last, paths: [...last.paths, path] });
  }
  return [...items, { kind: "files", key: id, paths: [path] }];
}

function withDiagnostic(
  items: readonly ConversationItem[],
  id: number,
  diagnostic: Diagnostic,
): readonly ConversationItem[] {
  const last = items.at(-1);
  if (last?.kind === "diagnostics") {
    return items.with(items.length - 1, {
      ...last,
      diagnostics: [...last.diagnostics, diagnostic],
    });
  }
  return [...items, { kind: "diagnostics", key: id, diagnostics: [diagnostic] }];
}
