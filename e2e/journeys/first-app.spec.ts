import { expect, test } from "../fixtures/test.ts";
import { startProgram } from "../fixtures/program.ts";

const SENTENCE = "A todo list with priorities and a filter";

test("a sentence becomes a running app that keeps its data", async ({ page, program }) => {
  await page.goto(program.url);
  await expect(page).toHaveURL(`${program.origin}/`);
  await page.getByLabel("Description of the app").fill(SENTENCE);
  await page.getByRole("button", { name: "Generate" }).click();

  await expect(page).toHaveURL(/\/studio\/[0-9a-f-]+/);
  await expect(page.getByText("Version 1 is ready")).toBeVisible();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();

  const appId = /\/studio\/([0-9a-f-]+)/.exec(page.url())?.[1];
  await page.goto(`/apps/${appId}`);
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  const app = page.frameLocator("iframe[data-app-state]");
  await app.getByPlaceholder("What needs doing?").fill("Water the plants");
  await app.getByPlaceholder("What needs doing?").press("Enter");
  await expect(app.getByText("Water the plants")).toBeVisible();

  await page.reload();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  await expect(app.getByText("Water the plants")).toBeVisible();
});

test("what was made is there after a crash", async ({ page, program, dataDirectory }) => {
  await page.goto(program.url);
  await page.getByLabel("Description of the app").fill(SENTENCE);
  await page.getByRole("button", { name: "Generate" }).click();
  await expect(page.getByText("Version 1 is ready")).toBeVisible();

  await program.kill();
  const again = await startProgram(dataDirectory);
  expect(again.token).toBe(program.token);
  await page.goto(again.url);
  const card = page.getByRole("list").getByRole("heading", { level: 3 });
  await expect(card).toHaveCount(1);
  await card.getByRole("link").click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  await again.stop();
});

test("the token is needed and never stays in the address", async ({ page, program }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  const refused = await page.request.get("/api/apps");
  expect(refused.status()).toBe(401);

  await page.goto(program.url);
  await expect(page.getByLabel("Description of the app")).toBeVisible();
  expect(page.url()).not.toContain(program.token);
  expect(await page.evaluate(() => document.cookie)).toBe("");
});
