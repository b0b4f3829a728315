// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import type { Health } from "../src/api/types";
import { AS_CONFIGURED } from "../src/create/choice";
import { ReuseOffer } from "../src/create/ReuseOffer";
import { Where } from "../src/create/Where";
import { initialState, reduceEvent, type StreamState } from "../src/stream/reduce";
import { PromptMeter } from "../src/studio/PromptMeter";
import { text } from "../src/text";
import { click, named, render } from "./render";

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
const HOSTED: Health = {
  providers: [
    { ...base, provider: "openrouter", name: "OpenRouter", local: false, model: "big/model" },
  ],
  selected: { provider: "openrouter", model: "big/model", local: false },
};

test("it is said where a description goes, and that nothing is ready when it may not go there", async () => {
  const onLocalOnly = vi.fn();
  const shown = (localOnly: boolean) => (
    <Where health={HOSTED} choice={AS_CONFIGURED} localOnly={localOnly} onLocalOnly={onLocalOnly} />
  );
  const page = await render(shown(false));
  expect(page.textContent).toContain("sent to OpenRouter: big/model");
  const control = document.querySelector<HTMLElement>("[role=switch]");
  expect(control?.getAttribute("aria-checked")).toBe("false");
  if (control) await click(control);
  expect(onLocalOnly).toHaveBeenCalledWith(true);
  await render(shown(true));
  expect(page.textContent).toContain(text.localOnly.none);
  expect(page.textContent).not.toContain("sent to");
  expect(document.querySelector("a")?.getAttribute("href")).toBe("/settings");
});

test("a kept reply is used only when it is chosen", async () => {
  const onUse = vi.fn();
  const onAnew = vi.fn();
  const offer = {
    id: "r1",
    kind: "similar" as const,
    similarity: 0.834,
    prompt: "A list of <b>things</b>",
    model: { provider: "ollama" as const, model: "qwen3:4b" },
    createdAt: new Date(Date.now() - 2 * 86_400_000).toISOString(),
  };
  const page = await render(
    <ReuseOffer offers={[offer]} busy={false} onUse={onUse} onAnew={onAnew} />,
  );
  expect(page.textContent).toContain("Made 2 days ago for");
  expect(page.textContent).toContain("A list of <b>things</b>");
  expect(page.textContent).toContain("83% alike");
  expect(document.activeElement?.tagName).toBe("SECTION");
  expect(onUse).not.toHaveBeenCalled();
  await click(named("button", text.reuse.labelOf(offer.prompt)));
  expect(onUse).toHaveBeenCalledWith(offer);
  await click(named("button", text.reuse.anew));
  expect(onAnew).toHaveBeenCalledOnce();
});

const usage = (over: object) =>
  ({
    type: "usage",
    promptTokens: 2000,
    completionTokens: 10,
    firstTokenMs: 1,
    totalMs: 500,
    contextTokens: 8192,
    estimatedPromptTokens: 2100,
    ...over,
  }) as const;
const fold = (...events: Parameters<typeof reduceEvent>[2][]): StreamState =>
  events.reduce((state, event, at) => reduceEvent(state, at + 1, event), initialState());

test("the meter says what arrived, in words and as a share of the window", async () => {
  const page = await render(<PromptMeter state={fold(usage({}))} />);
  expect(page.textContent).toContain("Sent about 2,100 tokens");
  expect(page.textContent).toContain("the model says it read 2,000");
  expect(page.textContent).toContain("its window holds 8,192");
  expect(page.textContent).toContain(text.meter.uncut);
  expect(document.querySelector("[role=meter]")?.getAttribute("aria-valuenow")).toBe("24");
});

test("the meter warns of a prompt that was cut, and names what was left out", async () => {
  const note = (code: string, message: string) =>
    ({ type: "diagnostic", severity: "warning", code, message }) as const;
  const state = fold(
    note("files-left-out", "`src/big.ts` was left out: about 9,000 tokens"),
    usage({ promptTokens: 1000, costUsd: 0.002 }),
    note("prompt-cut", "the model read 1,000 of about 2,100 tokens"),
  );
  const page = await render(<PromptMeter state={state} />);
  expect(page.textContent).toContain(text.meter.cut);
  expect(page.textContent).not.toContain(text.meter.uncut);
  expect(page.textContent).toContain("src/big.ts");
  expect(page.textContent).toContain("48% of it arrived");
  expect(page.textContent).toContain("Cost $0.002");
});

test("without any call of a model there is nothing to measure", async () => {
  await render(<PromptMeter state={initialState()} />);
  expect(document.querySelector("section")).toBeNull();
});
