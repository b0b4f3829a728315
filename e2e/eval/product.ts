import type { Page } from "@playwright/test";
import type { Program } from "../fixtures/program.ts";
import type { Prompt } from "./prompts.ts";
import type { Outcome } from "./record.ts";
import { tryOut } from "./steps.ts";

/** How long an app may take from its launch to a state, in milliseconds. */
const START = 30_000;

/** What is asked of the product, besides the description. */
export interface Choice {
  readonly provider: string;
  readonly model?: string;
}

interface Event {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * The product's arm: a description goes in as a person's would, and what comes out is opened as a person would.
 *
 * `keep` is called with everything that should be looked at later.
 */
export async function viaProduct(
  page: Page,
  program: Program,
  prompt: Prompt,
  choice: Choice,
  keep: (name: string, text: string) => void,
): Promise<Outcome> {
  const began = Date.now();
  const events = await generate(program, prompt.prompt, choice);
  const seconds = (Date.now() - began) / 1000;
  keep("events.jsonl", events.map((event) => JSON.stringify(event)).join("\n"));
  const told = summarise(events);
  const last = events.at(-1);
  if (last?.type !== "complete") {
    return { ...told, state: "no-build", seconds, error: String(last?.["error"] ?? "the stream broke off") };
  }

  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(program.url);
  await page.goto(`${program.origin}/apps/${String(last["appId"])}`);
  const frame = page.locator("iframe[data-app-state]");
  await page
    .locator("iframe:is([data-app-state=ready], [data-app-state=blank], [data-app-state=error])")
    .waitFor({ timeout: START })
    .catch(() => undefined);
  // An app that falls over does so at once or in its first effects.
  await page.waitForTimeout(1_000);
  const state = await readState(page);
  const rendered: Outcome = { ...told, state, seconds, ...(errors[0] ? { error: errors[0] } : {}) };
  if (state !== "ready") {
    return { ...rendered, error: (await frame.getAttribute("data-app-error").catch(() => null)) ?? `it is ${state}` };
  }
  if (prompt.steps === undefined) return rendered;
  const failed = await tryOut(page.frameLocator("iframe[data-app-state]"), prompt.steps);
  const after = await readState(page);
  if (after !== "ready") {
    const error = await frame.getAttribute("data-app-error").catch(() => null);
    return { ...rendered, does: false, failed: `it is ${after} after it was used: ${error ?? ""}` };
  }
  return { ...rendered, does: failed === undefined, ...(failed ? { failed } : {}) };
}

async function readState(page: Page): Promise<Outcome["state"]> {
  const state = await page
    .locator("iframe[data-app-state]")
    .getAttribute("data-app-state", { timeout: 2_000 })
    .catch(() => null);
  return state === "ready" || state === "blank" ? state : "error";
}

async function generate(program: Program, prompt: string, choice: Choice): Promise<Event[]> {
  const answer = await fetch(`${program.origin}/api/apps/generate-stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${program.token}`, "content-type": "application/json" },
    body: JSON.stringify({ prompt, executionMode: "sandbox", ...choice }),
  });
  const text = await answer.text();
  if (!answer.ok) return [{ type: "error", error: text }];
  return text
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => JSON.parse(line.slice("data:".length)) as Event);
}

function summarise(events: readonly Event[]): Pick<Outcome, "tokens" | "fixes" | "rounds"> {
  const sum = (field: string) =>
    Math.max(0, ...events.filter(({ type }) => type === "usage").map((event) => Number(event[field] ?? 0)));
  return {
    tokens: sum("completionTokens"),
    fixes: events.filter(({ type, severity }) => type === "diagnostic" && severity === "notice").length,
    rounds: events.filter(({ type, status }) => type === "status" && status === "repairing").length,
  };
}
