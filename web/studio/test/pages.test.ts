import { expect, test } from "vitest";
import { hasModel } from "../src/api/client";
import type { Health, ProviderHealth } from "../src/api/types";
import { AS_CONFIGURED, answererOf, requestFields } from "../src/create/choice";
import { appPath, routeOf, studioPath } from "../src/router";
import type { StreamFile } from "../src/stream/reduce";
import { keptFiles, overlay } from "../src/studio/files";

const ID = "018f3c6e-7b1a-7cc0-8000-0123456789ab";

test("addresses name pages", () => {
  expect(routeOf("/", "")).toEqual({ page: "home" });
  expect(routeOf("/new", "?prompt=a+b%20c")).toEqual({ page: "new", prompt: "a b c" });
  expect(routeOf("/settings", "")).toEqual({ page: "settings" });
  expect(routeOf(appPath(ID), "")).toEqual({ page: "app", appId: ID });
  const [path, search] = studioPath(ID, "g1").split("?");
  expect(routeOf(path ?? "", `?${search}`)).toEqual({
    page: "studio",
    appId: ID,
    generationId: "g1",
  });
  expect(routeOf(studioPath(ID), "")).toMatchObject({ page: "studio", generationId: null });
  for (const lost of ["/apps", "/apps/../x", "/studio/1", `/apps/${ID}/x`, "/other"]) {
    expect(routeOf(lost, "")).toEqual({ page: "lost" });
  }
});

const provider = (over: Partial<ProviderHealth>): ProviderHealth => ({
  provider: "ollama",
  name: "Ollama",
  enabled: true,
  healthy: true,
  local: true,
  address: null,
  version: null,
  model: "qwen3-coder:30b",
  models: [],
  problem: null,
  hint: null,
  latencyMs: null,
  ...over,
});
const HOSTED = provider({
  provider: "openrouter",
  name: "OpenRouter",
  local: false,
  model: "some/model",
});

test("who answers is who was chosen, when they can", () => {
  const health: Health = {
    providers: [provider({}), HOSTED],
    selected: { provider: "ollama", model: "qwen3:4b", local: true },
  };
  expect(answererOf(health, AS_CONFIGURED)).toEqual({
    provider: "ollama",
    name: "qwen3:4b",
    at: "Ollama",
    local: true,
  });
  expect(answererOf(health, { provider: "openrouter", model: "" })).toMatchObject({
    name: "some/model",
    local: false,
  });
  expect(answererOf(health, { provider: "ollama", model: "other" })).toMatchObject({
    name: "other",
  });
});

test("nobody answers when none is reachable, except the samples when they are chosen", () => {
  const health: Health = {
    providers: [provider({ healthy: false }), provider({ ...HOSTED, enabled: false })],
    selected: { error: { code: "no-model", message: "No model is reachable" } },
  };
  expect(answererOf(health, AS_CONFIGURED)).toBeNull();
  expect(answererOf(health, { provider: "ollama", model: "" })).toBeNull();
  expect(answererOf(health, { provider: "demo", model: "" })).toMatchObject({ provider: "demo" });
});

test("with the sample generator configured it answers, and counts as no model", () => {
  const health: Health = {
    providers: [provider({ healthy: false })],
    selected: { provider: "demo", model: "demo", local: true },
  };
  expect(answererOf(health, AS_CONFIGURED)).toMatchObject({ provider: "demo" });
  expect(hasModel(health)).toBe(false);
});

test("a request names a model only together with its provider", () => {
  expect(requestFields(AS_CONFIGURED)).toEqual({});
  expect(requestFields({ provider: "ollama", model: " m " })).toEqual({
    provider: "ollama",
    model: "m",
  });
  expect(requestFields({ provider: "demo", model: "m" })).toEqual({ provider: "demo" });
});

const written = (path: string, state: StreamFile["state"]): StreamFile => ({
  path,
  state,
  epoch: "g1:1",
  pieces: ["new"],
  count: 1,
});

test("what is written lies over what there was", () => {
  const kept = keptFiles("v1", { "src/z.css": "z", "src/App.tsx": "a", "src/b.ts": "b" });
  expect(kept.map((file) => file.path)).toEqual(["src/App.tsx", "src/b.ts", "src/z.css"]);
  const merged = overlay(kept, [written("src/b.ts", "done"), written("src/c.ts", "writing")]);
  expect(merged.map((file) => [file.path, file.state, file.pieces[0]])).toEqual([
    ["src/App.tsx", "idle", "a"],
    ["src/b.ts", "done", "new"],
    ["src/z.css", "idle", "z"],
    ["src/c.ts", "writing", "new"],
  ]);
  const removed = overlay(kept, [written("src/b.ts", "removed")]);
  expect(removed[1]).toMatchObject({ state: "removed", pieces: ["b"] });
});
