import type { Page } from "@playwright/test";
import { COUNTER, type ModelServer, startModel } from "../fixtures/model.ts";
import { type Program, startProgram } from "../fixtures/program.ts";
import { expect, test } from "../fixtures/test.ts";

/** Where the replies of these tests stand still. */
const HOLD = '  "name 30",';

/** The variables that make a model server the only model. */
const ollama = (model: ModelServer) => ({
  LLM_PROVIDER: "ollama",
  OLLAMA_ENABLED: "true",
  OLLAMA_API_URL: model.url,
  OLLAMA_MODEL: "tester:30b",
});

/** Describes an app and waits until the reply stands still; the ids come from the address. */
async function begin(page: Page, program: Program): Promise<{ app: string; generation: string }> {
  await page.goto(program.url);
  await page.getByLabel("Description of the app").fill("A counter");
  await page.getByRole("button", { name: "Generate" }).click();
  await expect(page).toHaveURL(/\/studio\/[0-9a-f-]+\?generation=/);
  await expect(page.locator(".cm-content")).toContainText("name 29");
  const url = new URL(page.url());
  return { app: url.pathname.split("/")[2] ?? "", generation: url.searchParams.get("generation") ?? "" };
}

/** All code that the journal of a generation holds. */
async function journalled(program: Program, generation: string): Promise<string> {
  const response = await fetch(`${program.origin}/api/generations/${generation}/events`, {
    headers: { authorization: `Bearer ${program.token}` },
  });
  const events = (await response.text())
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice(6)) as { type: string; content?: string });
  return events.map((event) => (event.type === "chunk" ? event.content : "")).join("");
}

test("Stop keeps what was written, and it can be tried again", async ({ page, dataDirectory }) => {
  const model = await startModel(COUNTER, HOLD);
  const program = await startProgram(`${dataDirectory}/own`, ollama(model));
  const { generation } = await begin(page, program);
  await page.getByRole("button", { name: "Stop", exact: true }).first().click();
  await expect(page.getByText("Stopped", { exact: true }).first()).toBeVisible();
  // The connection to the model is closed, so that it stops computing.
  await expect.poll(() => model.brokenOff()).toBe(1);
  expect(model.finished()).toBe(0);
  await expect(page.locator(".cm-content")).toContainText("name 29");
  expect(await journalled(program, generation)).toContain("name 29");

  await page.reload();
  await expect(page.getByText("Stopped", { exact: true }).first()).toBeVisible();
  await expect(page.locator(".cm-content")).toContainText(/import|name 29/);

  model.release();
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  await program.stop();
  await model.kill();
});

test("a closed tab stops nothing: who comes back sees the rest arrive", async ({ page, dataDirectory, context }) => {
  const model = await startModel(COUNTER, HOLD);
  const program = await startProgram(`${dataDirectory}/own`, ollama(model));
  const { app } = await begin(page, program);
  await page.close();
  const back = await context.newPage();
  await back.goto(`${program.origin}/studio/${app}`);
  await expect(back.locator(".cm-content")).toContainText("name 29");
  model.release();
  await expect(back.locator("iframe[data-app-state=ready]")).toBeVisible();
  await back.goto(`${program.origin}/`);
  await expect(back.getByRole("list").getByRole("heading", { level: 3 })).toHaveCount(1);
  await program.stop();
  await model.kill();
});

test("after kill -9 everything shown is there, with a clear state", async ({ page, dataDirectory }) => {
  const model = await startModel(COUNTER, HOLD);
  const program = await startProgram(`${dataDirectory}/own`, ollama(model));
  const { app, generation } = await begin(page, program);
  await program.kill();

  const again = await startProgram(`${dataDirectory}/own`, ollama(model));
  await page.goto(again.url);
  await expect(page.getByLabel("Description of the app")).toBeVisible();
  await page.goto(`${again.origin}/studio/${app}`);
  await expect(page.getByText("Interrupted", { exact: true }).first()).toBeVisible();
  const kept = await journalled(again, generation);
  expect(COUNTER).toContain(kept.slice(0, 200));
  expect(kept).toContain("name 29");
  await expect(page.locator(".cm-content")).toContainText(/import|name 29/);

  model.release();
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  await again.stop();
  await model.kill();
});

test("a model server that dies in the middle leaves a cause and the code", async ({ page, dataDirectory }) => {
  const model = await startModel(COUNTER, HOLD);
  const program = await startProgram(`${dataDirectory}/own`, ollama(model));
  const { generation } = await begin(page, program);
  await model.kill();
  await expect(page.getByText("This did not work").first()).toBeVisible();
  await expect(page.locator(".cm-content")).toContainText("name 29");
  expect(await journalled(program, generation)).toContain("name 29");
  await page.reload();
  await expect(page.getByText("This did not work").first()).toBeVisible();
  await expect(page.locator(".cm-content")).toContainText(/import|name 29/);

  // Trying again without a model is refused, and takes nothing out of view.
  await page.getByRole("button", { name: "Try again" }).first().click();
  await expect(page.getByText("connection refused").first()).toBeVisible();
  await expect(page.locator(".cm-content")).toContainText(/import|name 29/);
  await program.stop();
});
