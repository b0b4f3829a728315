// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LlmSettings, LocalModel } from "../src/api/llm";
import { text } from "../src/text";
import { choose, click, named, render, settle, submit, type } from "./render";
import { type Asked, done, json, serve, stream } from "./server";

const SETTINGS: LlmSettings = {
  provider: null,
  ollamaModel: null,
  ollamaSmallModel: null,
  openrouterModel: null,
  fallbackEnabled: null,
  thinking: null,
  monthlyCapUsd: null,
  hasKey: false,
  spentThisMonthUsd: 0.5,
  configured: {
    provider: "auto",
    ollamaModel: "qwen3-coder:30b",
    ollamaSmallModel: "qwen3:4b",
    openrouterModel: "some/model",
    fallbackEnabled: true,
    hasKey: false,
    ollamaApiUrl: "http://localhost:11434",
  },
};
const PREFERENCES = {
  provider: null,
  ollamaModel: null,
  ollamaSmallModel: null,
  openrouterModel: null,
  fallbackEnabled: null,
  thinking: null,
  monthlyCapUsd: null,
};
const MODEL: LocalModel = {
  provider: "ollama",
  name: "qwen3:4b",
  sizeBytes: 2.5e9,
  parameterSize: "4.0B",
  quantization: "Q4_K_M",
  contextLength: 262_144,
  capabilities: ["completion", "thinking"],
  loaded: true,
  local: true,
  profile: null,
};
const HEALTH = {
  providers: [
    {
      provider: "ollama",
      name: "Ollama",
      enabled: true,
      healthy: true,
      local: true,
      address: "http://localhost:11434",
      version: "0.12.10",
      model: "qwen3:4b",
      models: [],
      problem: null,
      hint: null,
      latencyMs: 4,
    },
  ],
  selected: { provider: "ollama", model: "qwen3:4b", local: true },
};
const REFUSED = {
  providers: [
    {
      ...HEALTH.providers[0],
      healthy: false,
      version: null,
      problem: "connection refused at `http://localhost:11434`",
      hint: "start Ollama",
    },
  ],
  selected: { error: { code: "no-model", message: "no model" } },
};

beforeEach(() => {
  // jsdom knows neither colour schemes nor modal dialogues.
  vi.stubGlobal("matchMedia", () => ({ matches: false, addEventListener: () => {} }));
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function () {
    this.open = false;
  };
});
afterEach(() => vi.unstubAllGlobals());

/** The section of models on a page, with a server that knows these things. */
async function open(over: Parameters<typeof serve>[0] = {}): Promise<{ asked: Asked[] }> {
  const server = serve({
    "GET /api/settings/llm": () => json(SETTINGS),
    "PUT /api/settings/llm": done,
    "GET /api/llm/health": () => json(HEALTH),
    "GET /api/llm/models": () => json({ models: [MODEL] }),
    "GET /api/llm/pulls": () => json({ pulls: [] }),
    ...over,
  });
  const { ModelSettings } = await import("../src/settings/ModelSettings");
  await render(<ModelSettings />);
  await settle();
  await settle();
  return server;
}
const puts = (asked: Asked[]) => asked.filter(({ method }) => method === "PUT");
const page = () => document.body.textContent ?? "";

test("what is chosen is kept at once, whole and without what the server adds", async () => {
  const { asked } = await open();
  const radios = [...document.querySelectorAll<HTMLInputElement>("input[type=radio]")];
  const local = radios.find((radio) => radio.closest("label")?.textContent?.startsWith("Local"));
  if (!local) throw new Error("there is no choice for local models");
  await click(local);
  await choose(named("select", text.settings.main), "qwen3:4b");
  await settle();
  expect(puts(asked).map(({ body }) => body)).toEqual([
    { ...PREFERENCES, provider: "ollama" },
    { ...PREFERENCES, provider: "ollama", ollamaModel: "qwen3:4b" },
  ]);
  expect(page()).toContain(text.settings.saved);
});

test("a switch shows what holds, overrides it, and goes back", async () => {
  const { asked } = await open();
  const control = document.querySelector<HTMLElement>("[role=switch]");
  expect(control?.getAttribute("aria-checked")).toBe("true");
  if (control) await click(control);
  expect(control?.getAttribute("aria-checked")).toBe("false");
  await click(
    named("button", `${text.settings.backToConfigured("on")}: ${text.settings.fallback}`),
  );
  expect(control?.getAttribute("aria-checked")).toBe("true");
  await settle();
  expect(puts(asked).map(({ body }) => (body as LlmSettings).fallbackEnabled)).toEqual([
    false,
    null,
  ]);
});

test("what the server refuses is taken back, and said", async () => {
  await open({
    "PUT /api/settings/llm": () =>
      json({ error: { code: "invalid", message: "`thinking` may not be set" } }, 422),
  });
  const control = document.querySelector<HTMLElement>("[role=switch]");
  if (control) await click(control);
  await settle();
  expect(control?.getAttribute("aria-checked")).toBe("true");
  expect(page()).toContain(text.settings.notSaved);
});

test("a configured model that is missing is named, with the way to get it", async () => {
  await open();
  expect(page()).toContain(text.settings.missing("qwen3-coder:30b"));
  await click(named("button", text.settings.getOf("qwen3-coder:30b")));
  expect(page()).toContain(text.settings.pullAsk("qwen3-coder:30b"));
  expect(page()).toContain(text.settings.pullSize("19.0 GB"));
});

test("what is known of an installed model is told", async () => {
  await open();
  expect(page()).toContain(
    "2.5 GB · 4.0B parameters · Q4_K_M · reads 262,144 tokens · writes, thinks",
  );
  expect(page()).toContain(text.settings.loaded);
  expect(page()).toContain("Answered in4 ms");
});

test("a refused connection has a cause, and no time in which it answered", async () => {
  await open({
    "GET /api/llm/health": () => json(REFUSED),
    "GET /api/llm/models": () => json({ models: [] }),
  });
  expect(page()).toContain("Connection refused at http://localhost:11434.");
  expect(page()).toContain("Start Ollama.");
  expect(page()).not.toContain(text.settings.latency);
  expect(page()).toContain(text.settings.installedUnknown);
  expect(named<HTMLButtonElement>("button", text.settings.pullButton).disabled).toBe(true);
});

test("a model is fetched when that is confirmed, with its progress, and can be stopped", async () => {
  const events = stream();
  const { asked } = await open({
    "POST /api/llm/pull": events.response,
    "DELETE /api/llm/pulls/tiny%3A1b": done,
  });
  const field = document.querySelector<HTMLInputElement>("input[placeholder='qwen3:4b']");
  if (!field?.form) throw new Error("there is no field for a name");
  await type(field, " tiny:1b ");
  await submit(field.form);
  expect(page()).toContain(text.settings.pullSizeUnknown);
  expect(asked.some(({ path }) => path === "/api/llm/pull")).toBe(false);
  const dialog = document.querySelector("dialog");
  await click([...(dialog?.querySelectorAll("button") ?? [])].at(-1) as HTMLElement);
  expect(asked.find(({ path }) => path === "/api/llm/pull")?.body).toEqual({ model: "tiny:1b" });
  events.say({ type: "progress", status: "pulling 60e0", completed: 25e8, total: 1e10 });
  await vi.waitFor(async () => {
    await settle();
    expect(page()).toContain("2.5 GB of 10.0 GB · 25%");
  });
  const bar = document.querySelector("[role=progressbar]");
  expect(bar?.getAttribute("aria-valuenow")).toBe("25");
  await click(named("button", text.settings.pullCancelOf("tiny:1b")));
  await settle();
  expect(asked.at(-1)).toMatchObject({ method: "DELETE" });
  expect(document.querySelector("[role=progressbar]")).toBeNull();
});

test("what is being fetched since before is found again, and its end is heard", async () => {
  const events = stream();
  let models = [MODEL];
  const { asked } = await open({
    "GET /api/llm/pulls": () =>
      json({ pulls: [{ model: "old:7b", status: "pulling", completed: 1, total: 2 }] }),
    "POST /api/llm/pull": events.response,
    "GET /api/llm/models": () => json({ models }),
  });
  expect(asked.find(({ path }) => path === "/api/llm/pull")?.body).toEqual({ model: "old:7b" });
  models = [MODEL, { ...MODEL, name: "old:7b", loaded: false }];
  events.say({ type: "complete" });
  await vi.waitFor(async () => {
    await settle();
    expect(document.querySelectorAll("ul[aria-label='Installed models'] > li")).toHaveLength(2);
  });
  expect(document.querySelector("[role=progressbar]")).toBeNull();
});

test("a download that fails says why, and can be tried again", async () => {
  const events = stream();
  const { asked } = await open({
    "GET /api/llm/pulls": () =>
      json({ pulls: [{ model: "no:such", status: "", completed: null, total: null }] }),
    "POST /api/llm/pull": events.response,
  });
  events.say({
    type: "error",
    code: "model-missing",
    error: "Ollama's library has no `no:such`",
    hint: "check the name",
  });
  await vi.waitFor(async () => {
    await settle();
    expect(page()).toContain("no:such could not be fetched");
  });
  expect(page()).toContain("Ollama's library has no no:such. Check the name.");
  await click(named("button", text.actions.retry));
  expect(asked.filter(({ path }) => path === "/api/llm/pull")).toHaveLength(2);
});

test("a key goes in and never comes out", async () => {
  const { asked } = await open({
    "PUT /api/settings/llm/key": done,
    "DELETE /api/settings/llm/key": done,
  });
  const field = named<HTMLInputElement>("input", text.settings.keyLabel);
  expect(field.type).toBe("password");
  await type(field, " sk-or-secret ");
  if (field.form) await submit(field.form);
  await settle();
  expect(asked.find(({ path }) => path === "/api/settings/llm/key")?.body).toEqual({
    key: "sk-or-secret",
  });
  expect(page()).toContain(text.settings.keyKept);
  expect(document.body.innerHTML).not.toContain("sk-or-secret");
  await click(named("button", text.settings.keyRemove));
  const dialog = document.querySelector("dialog");
  await click([...(dialog?.querySelectorAll("button") ?? [])].at(-1) as HTMLElement);
  await settle();
  expect(asked.at(-2) ?? asked.at(-1)).toMatchObject({ path: "/api/settings/llm/key" });
  expect(page()).toContain(text.settings.keyNone);
});

test("a limit is an amount or none, and what was spent stands beside it", async () => {
  const { asked } = await open();
  expect(page()).toContain(text.settings.spent("$0.50"));
  const field = named<HTMLInputElement>("input", text.settings.cap);
  await type(field, "much");
  expect(page()).toContain(text.settings.capWrong);
  expect(field.getAttribute("aria-invalid")).toBe("true");
  await type(field, "0,25");
  if (field.form) await submit(field.form);
  await settle();
  expect(puts(asked).at(-1)?.body).toEqual({ ...PREFERENCES, monthlyCapUsd: 0.25 });
  expect(page()).toContain(text.settings.spentOf("$0.50", "$0.25"));
  expect(page()).toContain(text.settings.spentAll);
});

test("a model is measured step by step, and what was found stays", async () => {
  const events = stream();
  const { asked } = await open({ "POST /api/llm/calibrate": events.response });
  await click(named("button", `${text.settings.calibrate}: qwen3:4b`));
  expect(asked.at(-1)?.body).toEqual({ provider: "ollama", model: "qwen3:4b" });
  events.say({ type: "step", step: "dialect", message: "tags, as asked" });
  events.say({ type: "step", step: "length", message: "" });
  await vi.waitFor(async () => {
    await settle();
    expect(page()).toContain(text.settings.steps.length);
  });
  expect(page()).toContain("tags, as asked");
  events.say({
    type: "complete",
    profile: {
      provider: "ollama",
      model: "qwen3:4b",
      dialect: "fences",
      severalFiles: true,
      edits: false,
      cleanTokens: 6100,
      cleanToTheEnd: true,
      tokensPerSecond: 41.7,
      firstTokenMs: 640,
      thinks: false,
      measuredAt: new Date().toISOString(),
    },
  });
  await vi.waitFor(async () => {
    await settle();
    expect(page()).toContain(text.settings.profile.speedOf("42", "0.6 s"));
  });
  expect(page()).toContain(text.settings.profile.dialects.fences);
  expect(page()).toContain(text.settings.profile.editsNo);
  expect(page()).toContain(text.settings.profile.atLeast("6,100"));
});
