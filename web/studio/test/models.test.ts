// @vitest-environment jsdom
import { afterEach, expect, test, vi } from "vitest";
import { calibrate, findSimilar, stopPull } from "../src/api/llm";
import type { Health, ProviderHealth } from "../src/api/types";
import { AS_CONFIGURED, answererOf } from "../src/create/choice";
import { offersFor } from "../src/create/offers";
import { lastRun, rememberRun } from "../src/home/lastRun";
import { amountOf } from "../src/settings/HostedCard";
import {
  leftMs,
  type PullState,
  rateOf,
  shareOf,
  withProgress,
} from "../src/settings/pullProgress";
import { dollars } from "../src/ui/format";
import { json, serve, stream } from "./server";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
  localStorage.clear();
});

const provider = (over: Partial<ProviderHealth>): ProviderHealth => ({
  provider: "ollama",
  name: "Ollama",
  enabled: true,
  healthy: true,
  local: true,
  address: null,
  version: null,
  model: "qwen3:4b",
  models: [],
  problem: null,
  hint: null,
  latencyMs: null,
  ...over,
});
const HOSTED = provider({ provider: "openrouter", name: "OpenRouter", local: false, model: "h" });

test("an app that never leaves this machine is written by a local model or by none", () => {
  const both: Health = {
    providers: [provider({}), HOSTED],
    selected: { provider: "openrouter", model: "h", local: false },
  };
  expect(answererOf(both, AS_CONFIGURED)).toMatchObject({ name: "h", at: "OpenRouter" });
  expect(answererOf(both, AS_CONFIGURED, true)).toMatchObject({ name: "qwen3:4b", local: true });
  expect(answererOf(both, { provider: "openrouter", model: "" }, true)).toBeNull();
  expect(answererOf({ ...both, providers: [HOSTED] }, AS_CONFIGURED, true)).toBeNull();
  // Ollama at an address elsewhere is not this machine.
  const away = { providers: [provider({ local: false })], selected: null };
  expect(answererOf(away, { provider: "ollama", model: "" }, true)).toBeNull();
});

test("a server elsewhere that has no name of its own is told by its host", () => {
  const address = "http://models.example.com:8080/v1";
  const health = {
    providers: [provider({ local: false, provider: "openrouter", name: "Server", address })],
    selected: { provider: "openrouter" as const, model: "m", local: false },
  };
  expect(answererOf(health, AS_CONFIGURED)).toMatchObject({ at: "models.example.com:8080" });
});

test("what is offered is what the server tells", async () => {
  const offer = { id: "r1", kind: "exact" };
  const { asked } = serve({ "POST /api/llm/similar": () => json({ offers: [offer] }) });
  const request = { prompt: "a list", appId: "a1" };
  expect(await findSimilar(request, new AbortController().signal)).toEqual([offer]);
  expect(asked[0]?.body).toEqual(request);
});

test("a server that cannot tell in time offers nothing, and stands in nobody's way", async () => {
  serve({});
  expect(await offersFor({ prompt: "a" })).toEqual([]);
  serve({
    "POST /api/llm/similar": (_, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
  });
  expect(await offersFor({ prompt: "a" })).toEqual([]);
});

test("a stream of steps is read as it comes, and one that breaks off is an error", async () => {
  const steps = stream();
  serve({ "POST /api/llm/calibrate": steps.response });
  const events = calibrate({ provider: "ollama", model: "m" }, new AbortController().signal);
  const first = events.next();
  steps.say({ type: "step", step: "edits", message: "Asking for a change of one line" });
  expect((await first).value).toMatchObject({ step: "edits" });
  steps.say({ type: "complete", profile: { edits: true } });
  expect((await events.next()).value).toMatchObject({ profile: { edits: true } });
});

test("a model's name is no path", async () => {
  const { asked } = serve({
    "DELETE /api/llm/pulls/hf.co%2Fx%2Fy%3Aq4": () => new Response(null, { status: 204 }),
  });
  await stopPull("hf.co/x/y:q4");
  expect(asked).toHaveLength(1);
});

test("the speed of a download is that of the last seconds", () => {
  const at = (completed: number | null, now: number, before?: PullState) =>
    withProgress(before, { model: "m", status: "pulling", completed, total: 1000 }, now);
  const first = at(0, 0);
  expect(rateOf(first)).toBeNull();
  expect(shareOf(first)).toBe(0);
  const second = at(200, 2000, first);
  expect(rateOf(second)).toBe(100);
  expect(leftMs(second)).toBe(8000);
  // What came long ago no longer counts.
  const third = at(210, 12_000, second);
  expect(rateOf(third)).toBeNull();
  expect(rateOf(at(230, 14_000, third))).toBe(10);
  // Another part begins.
  expect(at(5, 3000, second).samples).toEqual([{ at: 3000, completed: 5 }]);
  expect(shareOf({ model: "m", status: "", completed: null, total: null })).toBeNull();
});

test("amounts are read as people write them", () => {
  expect(amountOf("5")).toBe(5);
  expect(amountOf(" $2,50 ")).toBe(2.5);
  expect(amountOf("")).toBeNull();
  for (const wrong of ["-1", "five", "1.2.3", "1e9", "12345678"]) {
    expect(amountOf(wrong), wrong).toBeUndefined();
  }
  expect(dollars(1.2345)).toBe("$1.23");
  expect(dollars(0.00123)).toBe("$0.0012");
  expect(dollars(0)).toBe("$0.00");
});

test("how a version ran is remembered until it runs otherwise", () => {
  expect(lastRun("v1")).toBeUndefined();
  rememberRun("v1", "loading");
  expect(lastRun("v1")).toBeUndefined();
  rememberRun("v1", "error");
  rememberRun("v2", "blank");
  expect(lastRun("v1")).toBe("error");
  rememberRun("v1", "ready");
  expect([lastRun("v1"), lastRun("v2")]).toEqual(["ready", "blank"]);
  for (let n = 0; n < 400; n += 1) rememberRun(`w${n}`, "ready");
  expect(lastRun("v1")).toBeUndefined();
  expect(lastRun("w399")).toBe("ready");
  localStorage.setItem("cumulonimbus.runs", '{"not":"a list"}');
  expect(lastRun("w399")).toBeUndefined();
});
