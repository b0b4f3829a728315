import type { Page } from "@playwright/test";
import { COUNTER, hostedAt, type ModelServer, startModel } from "../fixtures/model.ts";
import { type Program, startProgram } from "../fixtures/program.ts";
import { expect, test } from "../fixtures/test.ts";

/** The same server as the local model and as the hosted one. */
const both = (model: ModelServer) => ({
  LLM_PROVIDER: "auto",
  OLLAMA_ENABLED: "true",
  OLLAMA_API_URL: model.url,
  OLLAMA_MODEL: "tester:30b",
  ...hostedAt(model),
});

/** Opens the settings, signed in. */
async function openSettings(page: Page, program: Program): Promise<void> {
  await page.goto(program.url);
  await page.goto(`${program.origin}/settings`);
  await expect(page.getByRole("heading", { name: "Models", exact: true })).toBeVisible();
}

/** Describes a counter on the first page and waits until it runs. */
async function make(page: Page, program: Program): Promise<void> {
  await page.goto(`${program.origin}/`);
  await page.getByLabel("Description of the app").fill("A counter");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
}

test("a model is fetched, seen again after a reload, chosen, and writes", async ({ page, dataDirectory }) => {
  const model = await startModel(COUNTER);
  const program = await startProgram(`${dataDirectory}/own`, both(model));
  await openSettings(page, program);
  await page.getByLabel("Name of the model").fill("tiny:1b");
  await page.getByRole("button", { name: "Get", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Get tiny:1b?" });
  await expect(dialog).toContainText("How large it is shows when it begins");
  await dialog.getByRole("button", { name: "Get" }).click();
  const progress = page.getByRole("progressbar", { name: "Progress of tiny:1b" });
  await expect(progress).toHaveAttribute("aria-valuenow", "50");
  await expect(page.getByText("2.0 GB of 4.0 GB")).toBeVisible();

  await page.reload();
  await expect(progress).toHaveAttribute("aria-valuenow", "50");
  model.finishPulls();
  const installed = page.getByRole("list", { name: "Installed models" });
  await expect(installed.getByText("tiny:1b")).toBeVisible();
  await expect(progress).toBeHidden();

  await page.getByLabel("Writes apps").selectOption("tiny:1b");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Writes apps")).toHaveValue("tiny:1b");
  await make(page, program);
  expect(model.asked().at(-1)).toMatchObject({ native: true, model: "tiny:1b" });
  await program.stop();
  await model.kill();
});

test("a download that is cancelled stops where it comes from", async ({ page, dataDirectory }) => {
  const model = await startModel(COUNTER);
  const program = await startProgram(`${dataDirectory}/own`, both(model));
  await openSettings(page, program);
  await page.getByLabel("Name of the model").fill("tiny:1b");
  await page.getByLabel("Name of the model").press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Get" }).click();
  await page.getByRole("button", { name: "Cancel tiny:1b" }).click();
  await expect.poll(() => model.pullsBrokenOff()).toBe(1);
  await expect(page.getByRole("progressbar")).toBeHidden();
  await page.reload();
  await expect(page.getByRole("list", { name: "Installed models" })).toBeVisible();
  await expect(page.getByRole("progressbar")).toBeHidden();
  await program.stop();
  await model.kill();
});

test("a key is used, kept without being shown, and removed", async ({ page, dataDirectory }) => {
  const model = await startModel(COUNTER, undefined, { cost: 0.0125 });
  const program = await startProgram(`${dataDirectory}/own`, both(model));
  await openSettings(page, program);
  await page.getByLabel("Key for the hosted models").fill("sk-or-secret-42");
  await page.getByRole("button", { name: "Keep the key" }).click();
  await expect(page.getByText("A key is kept, encrypted.")).toBeVisible();
  await page.getByRole("radio", { name: /^Hosted/ }).check();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByText("A key is kept, encrypted.")).toBeVisible();
  expect(await page.content()).not.toContain("sk-or-secret");
  expect(program.printed()).not.toContain("sk-or-secret");

  await page.goto(`${program.origin}/`);
  await expect(page.getByText("Your description is sent to models.example.com: some/model writes.")).toBeVisible();
  await make(page, program);
  expect(model.asked().at(-1)).toMatchObject({
    native: false,
    model: "some/model",
    authorization: "Bearer sk-or-secret-42",
  });
  await expect(page.getByText("Cost $0.01")).toBeVisible();

  await page.goto(`${program.origin}/settings`);
  await expect(page.getByText("$0.01 spent this month")).toBeVisible();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("Put in your key.")).toBeVisible();
  await program.stop();
  await model.kill();
});

test("at the limit of a month no hosted model is asked, and it is said why", async ({ page, dataDirectory }) => {
  const model = await startModel(COUNTER);
  const program = await startProgram(`${dataDirectory}/own`, {
    ...both(model),
    OLLAMA_ENABLED: "false",
    OPENROUTER_API_KEY: "sk-test",
  });
  await openSettings(page, program);
  await page.getByLabel("At most per month").fill("0");
  await page.getByLabel("At most per month").press("Enter");
  await expect(page.getByText("The limit is reached")).toBeVisible();
  await page.goto(`${program.origin}/`);
  await page.getByLabel("Description of the app").fill("A counter");
  await expect(page.getByText("monthly cap for hosted models is used up").first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "No model is connected yet" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeDisabled();

  await page.goto(`${program.origin}/settings`);
  await page.getByLabel("At most per month").fill("");
  await page.getByLabel("At most per month").press("Enter");
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  expect(model.asked()).toHaveLength(0);
  await make(page, program);
  expect(model.asked().length).toBeGreaterThan(0);
  await program.stop();
  await model.kill();
});

test("a refused connection is named, with what to do", async ({ page, dataDirectory }) => {
  const program = await startProgram(`${dataDirectory}/own`, {
    LLM_PROVIDER: "auto",
    OLLAMA_ENABLED: "true",
    OLLAMA_API_URL: "http://127.0.0.1:9",
  });
  await openSettings(page, program);
  await page.getByRole("button", { name: "Test connection" }).click();
  const local = page.getByRole("region", { name: "Local: Ollama" });
  await expect(local.getByText("onnection refused at")).toBeVisible();
  await expect(local.getByText("http://127.0.0.1:9").first()).toBeVisible();
  await expect(local.getByText("Answered in")).toBeHidden();
  await expect(page.getByRole("button", { name: "Get", exact: true })).toBeDisabled();
  await program.stop();
});
