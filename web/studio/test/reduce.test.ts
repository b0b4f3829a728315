import { expect, test } from "vitest";
import type { GenerationEvent } from "../src/api/types";
import {
  fileText,
  initialState,
  openFile,
  reduceEvent,
  type StreamState,
} from "../src/stream/reduce";

const APP = "src/App.tsx";

const status = (progress: number, phase: "queued" | "generating" = "generating") =>
  ({
    type: "status",
    status: phase,
    generationId: "g1",
    appId: "a1",
    progress,
  }) satisfies GenerationEvent;
const chunk = (content: string, progress = 0.3, filename = APP) =>
  ({ type: "chunk", filename, content, progress }) satisfies GenerationEvent;
const file = (
  state: "open" | "closed" | "cut" | "replaced" | "removed",
  filename = APP,
  content?: string,
): GenerationEvent => ({
  type: "file",
  filename,
  state,
  progress: 0.3,
  ...(content === undefined ? {} : { content }),
});

const JOURNAL: GenerationEvent[] = [
  status(0, "queued"),
  { type: "model", provider: "ollama", model: "qwen3:4b", local: true, reason: "It is ready." },
  { type: "thinking", content: "Let me " },
  { type: "thinking", content: "see." },
  status(0.05),
  { type: "text", content: "Here " },
  { type: "text", content: "it is." },
  file("open"),
  chunk("const a", 0.2),
  chunk(" = 1;\n", 0.4),
  file("closed"),
  { type: "text", content: "\n" },
  file("open", "src/b.css"),
  chunk("a{}", 0.6, "src/b.css"),
  file("closed", "src/b.css"),
  { type: "diagnostic", severity: "notice", code: "import-added", message: "Added an import" },
  { type: "diagnostic", severity: "error", code: "syntax", message: "Unexpected `}`", file: APP },
  file("replaced", APP, "const b = 2;\n"),
  { type: "preview", versionId: "v1", url: "/apps/a1", buildMs: 12 },
  { type: "complete", appId: "a1", versionId: "v1", url: "/apps/a1", progress: 1 },
];

/** Folds events numbered from `first` on. */
function fold(
  events: readonly GenerationEvent[],
  state: StreamState = initialState(),
  first = state.lastId + 1,
): StreamState {
  return events.reduce((now, event, at) => reduceEvent(now, first + at, event), state);
}

const texts = (state: StreamState) =>
  Object.fromEntries(state.files.map((entry) => [entry.path, fileText(entry)]));

test("folds a whole journal", () => {
  const state = fold(JOURNAL);
  expect(state).toMatchObject({
    generationId: "g1",
    appId: "a1",
    outcome: "complete",
    versionId: "v1",
    progress: 1,
    preview: { versionId: "v1", buildMs: 12 },
  });
  expect(texts(state)).toEqual({ [APP]: "const b = 2;\n", "src/b.css": "a{}" });
  expect(state.files.map((entry) => entry.state)).toEqual(["repaired", "done"]);
  expect(state.items.map((item) => item.kind)).toEqual([
    "model",
    "thinking",
    "text",
    "files",
    "diagnostics",
  ]);
  expect(state.items[1]).toMatchObject({ content: "Let me see." });
  expect(state.items[2]).toMatchObject({ content: "Here it is." });
  expect(state.items[3]).toMatchObject({ paths: [APP, "src/b.css"] });
});

test("an overlap after a resume changes nothing, wherever the connection broke", () => {
  const whole = fold(JOURNAL);
  for (let broken = 0; broken <= JOURNAL.length; broken += 1) {
    for (let from = 0; from <= broken; from += 1) {
      const before = fold(JOURNAL.slice(0, broken));
      expect(fold(JOURNAL.slice(from), before, from + 1)).toEqual(whole);
    }
  }
});

test("an event seen before gives the very same state", () => {
  const state = fold(JOURNAL.slice(0, 10));
  expect(reduceEvent(state, 10, chunk("again"))).toBe(state);
  expect(reduceEvent(state, 3, chunk("again"))).toBe(state);
});

test("a file opened again starts over, under another epoch", () => {
  const once = fold([status(0), file("open"), chunk("first"), file("closed")]);
  const twice = fold([file("open"), chunk("second")], once);
  expect(texts(twice)).toEqual({ [APP]: "second" });
  expect(twice.files).toHaveLength(1);
  expect(twice.files[0]?.epoch).not.toBe(once.files[0]?.epoch);
  expect(openFile(twice)?.path).toBe(APP);
});

test("appending keeps the epoch, and copies nothing that was there", () => {
  const before = fold([status(0), file("open"), chunk("a")]);
  const after = fold([chunk("b")], before);
  expect(after.files[0]?.epoch).toBe(before.files[0]?.epoch);
  expect(after.files[0]?.pieces).toBe(before.files[0]?.pieces);
});

test("states that grew from the same one do not see each other's pieces", () => {
  const common = fold([status(0), file("open"), chunk("a")]);
  const left = fold([chunk("L")], common);
  const right = fold([chunk("R")], common);
  expect([common, left, right].map((state) => texts(state)[APP])).toEqual(["a", "aL", "aR"]);
});

test("a replaced file holds the whole new text", () => {
  const state = fold([file("open"), chunk("old"), file("closed"), file("replaced", APP, "new")]);
  expect(texts(state)).toEqual({ [APP]: "new" });
  expect(state.files[0]?.state).toBe("repaired");
});

test("a removed file stays listed as removed, without text", () => {
  const state = fold([file("open"), chunk("old"), file("closed"), file("removed")]);
  expect(texts(state)).toEqual({ [APP]: "" });
  expect(state.files[0]?.state).toBe("removed");
});

test("a cut file keeps what came", () => {
  const state = fold([file("open"), chunk("half a li"), file("cut")]);
  expect(texts(state)).toEqual({ [APP]: "half a li" });
  expect(state.files[0]?.state).toBe("cut");
});

test("an error cuts the file that was being written, and keeps everything", () => {
  const state = fold([
    status(0),
    { type: "text", content: "Here:" },
    file("open"),
    chunk("half"),
    { type: "error", code: "model-interrupted", error: "It broke.", hint: "Try again." },
  ]);
  expect(state.outcome).toBe("failed");
  expect(state.error).toMatchObject({ code: "model-interrupted", hint: "Try again." });
  expect(state.files[0]?.state).toBe("cut");
  expect(texts(state)).toEqual({ [APP]: "half" });
  expect(state.items).toHaveLength(2);
});

test("progress never falls, and nonsense does not move it", () => {
  const state = fold([chunk("a", 0.6), chunk("b", 0.2), chunk("c", Number.NaN), chunk("d", 7)]);
  expect(fold([chunk("a", 0.6), chunk("b", 0.2)]).progress).toBe(0.6);
  expect(state.progress).toBe(1);
});

test("a chunk of a file that was never opened opens it", () => {
  const state = fold([chunk("a")]);
  expect(texts(state)).toEqual({ [APP]: "a" });
  expect(openFile(state)?.path).toBe(APP);
});

test("two generations never share an epoch", () => {
  const first = fold([status(0), file("open")]);
  const second = fold([{ ...status(0), generationId: "g2" }, file("open")]);
  expect(first.files[0]?.epoch).not.toBe(second.files[0]?.epoch);
});

test("an event of a kind that this page does not know only counts", () => {
  const state = fold([status(0)]);
  const next = reduceEvent(state, 2, { type: "hologram" } as unknown as GenerationEvent);
  expect(next).toEqual({ ...state, lastId: 2 });
});

test("what several calls took is added up, and each is kept for itself", () => {
  const usage = (over: object) =>
    ({
      type: "usage",
      promptTokens: 0,
      completionTokens: 100,
      firstTokenMs: 5,
      totalMs: 1000,
      contextTokens: 0,
      estimatedPromptTokens: 900,
      ...over,
    }) satisfies GenerationEvent;
  const state = fold([
    usage({ promptTokens: 880, contextTokens: 8192, contextLength: 32_768, costUsd: 0.01 }),
    usage({ contextLength: 32_768 }),
    usage({ costUsd: 0.02 }),
  ]);
  expect(state.usage).toEqual({ completionTokens: 300, totalMs: 3000, costUsd: 0.03 });
  expect(state.received).toEqual([
    { sent: 900, read: 880, window: 8192 },
    { sent: 900, read: null, window: 32_768 },
    { sent: 900, read: null, window: null },
  ]);
  expect(fold([usage({})]).usage?.costUsd).toBeNull();
});

test("what is found about the prompt is kept apart from what is found in the source", () => {
  const found = (code: string) =>
    ({ type: "diagnostic", severity: "warning", code, message: code }) satisfies GenerationEvent;
  const state = fold([found("prompt-cut"), found("unused"), found("files-left-out")]);
  expect(state.promptNotes.map((note) => note.code)).toEqual(["prompt-cut", "files-left-out"]);
  expect(state.items).toMatchObject([{ kind: "diagnostics", diagnostics: [{ code: "unused" }] }]);
});

test("another model goes on from what was written, or begins", () => {
  const model = (name: string) => ({ provider: "ollama", model: name }) as const;
  const fallback = { type: "fallback", from: model("a"), to: model("b"), reason: "why" } as const;
  const state = fold([{ ...fallback, continues: true }, fallback]);
  expect(state.items).toMatchObject([{ continues: true }, { continues: false }]);
});
