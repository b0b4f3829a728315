import type { Page } from "@playwright/test";
import { importApp } from "../fixtures/apps.ts";
import { COUNTER, hostedAt, type ModelServer, startModel } from "../fixtures/model.ts";
import { type Program, startProgram } from "../fixtures/program.ts";
import { expect, test } from "../fixtures/test.ts";

/** Where a reply stands still, in the middle of a file. */
const HOLD = '  "name 30",';

const local = (model: ModelServer) => ({
  OLLAMA_ENABLED: "true",
  OLLAMA_API_URL: model.url,
  OLLAMA_MODEL: "tester:30b",
});
const hosted = (model: ModelServer) => ({ ...hostedAt(model), OPENROUTER_API_KEY: "sk-test" });

const generate = (page: Page) => page.getByRole("button", { name: "Generate", exact: true });

async function describe(page: Page, program: Program, description: string): Promise<void> {
  await page.goto(program.url);
  await page.getByLabel("Description of the app").fill(description);
}

test("an app that never leaves this machine is not handed on when the local model dies", async ({
  page,
  dataDirectory,
}) => {
  const near = await startModel(COUNTER, HOLD);
  const far = await startModel(COUNTER);
  const program = await startProgram(`${dataDirectory}/own`, {
    LLM_PROVIDER: "auto",
    LLM_FALLBACK_ENABLED: "true",
    ...local(near),
    ...hosted(far),
  });
  await describe(page, program, "A counter");
  await expect(page.getByText("Stays on this machine or network: tester:30b writes.")).toBeVisible();
  await page.getByRole("switch", { name: "Never leaves this machine" }).click();
  await generate(page).click();
  await expect(page.locator(".cm-content")).toContainText("name 29");
  await expect(page.getByRole("banner").getByText("Never leaves this machine")).toBeVisible();
  await near.kill();
  await expect(page.getByText("This did not work").first()).toBeVisible();
  expect(far.asked()).toHaveLength(0);

  // It stays so until it is switched off, and then another may write it.
  await page.reload();
  const control = page.getByRole("switch", { name: "Never leaves this machine" });
  await expect(control).toBeChecked();
  await control.click();
  await expect(page.getByRole("banner").getByText("Never leaves this machine")).toBeHidden();
  await page.reload();
  await expect(control).not.toBeChecked();
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  expect(far.asked().length).toBeGreaterThan(0);
  await program.stop();
  await far.kill();
});

test("when the local model dies in the middle, the hosted one goes on, and it is said", async ({
  page,
  dataDirectory,
}) => {
  const near = await startModel(COUNTER, HOLD);
  const far = await startModel(COUNTER.slice(COUNTER.indexOf('  "name 25",')));
  const program = await startProgram(`${dataDirectory}/own`, {
    LLM_PROVIDER: "auto",
    LLM_FALLBACK_ENABLED: "true",
    ...local(near),
    ...hosted(far),
  });
  await describe(page, program, "A counter");
  await generate(page).click();
  await expect(page.locator(".cm-content")).toContainText("name 29");
  await near.kill();
  await expect(page.getByText("goes on from where it stopped")).toBeVisible();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  await expect(page.frameLocator("iframe[data-app-state]").getByText("60 names")).toBeVisible();
  await program.stop();
  await far.kill();
});

test("a reply that is kept is offered, and used only when it is chosen", async ({ page, dataDirectory }) => {
  const model = await startModel(COUNTER);
  const program = await startProgram(`${dataDirectory}/own`, { LLM_PROVIDER: "ollama", ...local(model) });
  await describe(page, program, "A counter with sixty names");
  await generate(page).click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  const asked = model.asked().length;

  await describe(page, program, "A counter with sixty names");
  await generate(page).click();
  await expect(page.getByRole("heading", { name: "You asked for this before" })).toBeVisible();
  await expect(page).toHaveURL(`${program.origin}/`);
  expect(model.asked()).toHaveLength(asked);
  await page.getByRole("button", { name: "Use it: the reply to “A counter with sixty names”" }).click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  expect(model.asked()).toHaveLength(asked);

  await describe(page, program, "A counter with sixty names");
  await generate(page).click();
  await page.getByRole("button", { name: "Generate anew" }).click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  expect(model.asked().length).toBeGreaterThan(asked);
  await program.stop();
  await model.kill();
});

test("the meter tells what the model received, and warns when that is less than was sent", async ({
  page,
  dataDirectory,
}) => {
  const model = await startModel(COUNTER, undefined, { reads: 40 });
  const program = await startProgram(`${dataDirectory}/own`, { LLM_PROVIDER: "ollama", ...local(model) });
  await describe(page, program, "A counter");
  await generate(page).click();
  const meter = page.getByRole("region", { name: "What the model received" });
  await expect(meter.getByText("the model says it read 40")).toBeVisible();
  await expect(meter.getByText("It did not receive all of it.")).toBeVisible();
  await expect(meter.getByRole("meter")).toBeVisible();
  await program.stop();
  await model.kill();
});

test("an app that was brought in and does not build shows its files and what is wrong", async ({
  page,
  program,
}) => {
  const source = "import { missing } from './nowhere';\nexport default function App( { return missing; }\n";
  const id = await importApp(program, "Brought", { "src/App.tsx": source });
  await page.goto(program.url);
  await page.goto(`${program.origin}/studio/${id}`);
  await expect(page.locator(".cm-content")).toContainText("nowhere");
  await expect(page.getByText("This app was brought in, but it does not build yet")).toBeVisible();
  await expect(page.getByText(/\d problems? found/)).toBeVisible();
});

test("the card of an app that did not run says so", async ({ page, program }) => {
  const id = await importApp(program, "Broken", {
    "src/App.tsx": "export default function App() { throw new Error('kaput'); }",
  });
  await page.goto(program.url);
  await expect(page.getByRole("listitem").filter({ hasText: "Broken" })).toContainText("Built");
  await page.goto(`${program.origin}/apps/${id}`);
  await expect(page.locator("iframe[data-app-state=error]")).toBeVisible();
  await page.goto(`${program.origin}/`);
  await expect(page.getByRole("listitem").filter({ hasText: "Broken" })).toContainText("Did not run");
});

test("a file that was stopped says that it was, and a phone can try again from any tab", async ({
  page,
  dataDirectory,
}) => {
  const model = await startModel(COUNTER, HOLD);
  const program = await startProgram(`${dataDirectory}/own`, { LLM_PROVIDER: "ollama", ...local(model) });
  await page.setViewportSize({ width: 390, height: 844 });
  await describe(page, program, "A counter");
  await generate(page).click();
  await expect(page.locator(".cm-content")).toContainText("name 29");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(page.getByText("It was stopped inside this file.")).toBeVisible();
  model.release();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  await program.stop();
  await model.kill();
});
