// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/api/client";
import type { GenerateRequest, Health } from "../src/api/types";
import { Composer } from "../src/create/Composer";
import { text } from "../src/text";
import { click, named, render, settle, submit, type } from "./render";
import { json, serve } from "./server";

const begun = vi.hoisted(() => ({ requests: [] as GenerateRequest[] }));
vi.mock("../src/stream/begin", () => ({
  begin: (request: GenerateRequest) => {
    begun.requests.push(request);
    return Promise.reject(new ApiError(503, "busy", "the server is busy", "wait a moment"));
  },
}));

beforeEach(() => {
  begun.requests.length = 0;
});
afterEach(() => vi.unstubAllGlobals());

const base = {
  enabled: true,
  healthy: true,
  address: null,
  version: null,
  models: [],
  problem: null,
  hint: null,
  latencyMs: null,
};
const LOCAL = {
  ...base,
  provider: "ollama" as const,
  name: "Ollama",
  local: true,
  model: "qwen3:4b",
};
const HEALTH: Health = {
  providers: [LOCAL],
  selected: { provider: "ollama", model: "qwen3:4b", local: true },
};
const DEMO: Health = {
  providers: [{ ...LOCAL, healthy: false }],
  selected: { provider: "demo", model: "demo", local: true },
};
const NOBODY: Health = {
  providers: [{ ...LOCAL, healthy: false, problem: "connection refused" }],
  selected: { error: { code: "no-model", message: "none" } },
};
const OFFER = {
  id: "r1",
  kind: "exact",
  similarity: 1,
  prompt: "a list",
  model: { provider: "ollama", model: "qwen3:4b" },
  createdAt: new Date().toISOString(),
};

async function describe(health: Health, description: string) {
  const page = await render(<Composer prompt="" health={health} hasApps={false} />);
  const field = document.querySelector("textarea");
  if (!field?.form) throw new Error("there is no field for the description");
  await type(field, description);
  return { page, field, form: field.form };
}

test("what is kept is offered first, and its use is a part of the request", async () => {
  const { asked } = serve({ "POST /api/llm/similar": () => json({ offers: [OFFER] }) });
  const { page, form } = await describe(HEALTH, "a list");
  await submit(form);
  await settle();
  expect(page.textContent).toContain(text.reuse.heading);
  expect(begun.requests).toEqual([]);
  await click(named("button", text.reuse.labelOf("a list")));
  expect(begun.requests).toEqual([{ prompt: "a list", executionMode: "sandbox", reuse: "r1" }]);
  expect(asked.filter(({ path }) => path === "/api/llm/similar")).toHaveLength(1);
});

test("passing over what is kept generates, and other words are asked about anew", async () => {
  const { asked } = serve({ "POST /api/llm/similar": () => json({ offers: [OFFER] }) });
  const { page, field, form } = await describe(HEALTH, "a list");
  await submit(form);
  await settle();
  await type(field, "a list of books");
  expect(page.textContent).not.toContain(text.reuse.heading);
  await submit(form);
  await settle();
  expect(asked.map(({ body }) => body)).toEqual([
    { prompt: "a list" },
    { prompt: "a list of books" },
  ]);
  await click(named("button", text.reuse.anew));
  expect(begun.requests).toEqual([{ prompt: "a list of books", executionMode: "sandbox" }]);
});

test("with nothing kept it generates at once, and a refusal says what to do", async () => {
  serve({ "POST /api/llm/similar": () => json({ offers: [] }) });
  const { page, form } = await describe(HEALTH, "a list");
  await click(document.querySelector("[role=switch]") as HTMLElement);
  await submit(form);
  await settle();
  expect(begun.requests).toEqual([{ prompt: "a list", executionMode: "sandbox", localOnly: true }]);
  expect(page.textContent).toContain("The server is busy");
  expect(page.textContent).toContain("Wait a moment.");
});

test("where samples are played it says so in a line, and asks for nothing kept", async () => {
  const { asked } = serve({});
  const { page, form } = await describe(DEMO, "a list");
  expect(page.textContent).toContain(text.model.demoWhere);
  expect(page.textContent).not.toContain(text.noModel.heading);
  await submit(form);
  await settle();
  expect(asked).toEqual([]);
  expect(begun.requests).toHaveLength(1);
});

test("where nobody writes it says what to install, folded where there are apps", async () => {
  serve({ "GET /api/samples": () => json({ samples: [] }) });
  const page = await render(<Composer prompt="x" health={NOBODY} hasApps={false} />);
  expect(page.textContent).toContain(text.noModel.heading);
  expect(document.querySelector(`a[href="${text.noModel.ollamaUrl}"]`)).not.toBeNull();
  expect(named<HTMLButtonElement>("button", text.create.button).disabled).toBe(true);
});

test("apps stay in view where nobody writes", async () => {
  serve({ "GET /api/samples": () => json({ samples: [] }) });
  const page = await render(<Composer prompt="x" health={NOBODY} hasApps />);
  expect(page.textContent).toContain(text.noModel.heading);
  expect(page.textContent).not.toContain(text.noModel.ollama);
  await click(named("button", text.noModel.show));
  expect(page.textContent).toContain(text.noModel.ollama);
});

test("at the person's own limit nothing is missing, and the limit is named", async () => {
  serve({});
  const message = "your monthly cap for hosted models is used up";
  const health: Health = {
    providers: [{ ...LOCAL, provider: "openrouter", name: "OpenRouter", local: false }],
    selected: { error: { code: "model-payment-required", message, hint: "raise the cap" } },
  };
  const page = await render(<Composer prompt="x" health={health} hasApps={false} />);
  expect(page.textContent).toContain("Your monthly cap for hosted models is used up");
  expect(page.textContent).toContain("Raise the cap.");
  expect(page.textContent).not.toContain(text.noModel.heading);
  expect(named<HTMLButtonElement>("button", text.create.button).disabled).toBe(true);
});
