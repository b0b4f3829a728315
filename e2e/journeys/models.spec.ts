import { COUNTER, startModel } from "../fixtures/model.ts";
import { startProgram } from "../fixtures/program.ts";
import { expect, test } from "../fixtures/test.ts";

for (const [name, variables] of [
  ["Ollama", (url: string) => ({ OLLAMA_ENABLED: "true", OLLAMA_API_URL: url, OLLAMA_MODEL: "tester:30b" })],
  ["an OpenAI-compatible server", (url: string) => ({ OPENROUTER_BASE_URL: `${url}/v1`, OPENROUTER_MODEL: "tester:30b" })],
] as const) {
  test(`${name} writes an app that runs`, async ({ page, dataDirectory }) => {
    const model = await startModel(COUNTER);
    const program = await startProgram(`${dataDirectory}/own`, { LLM_PROVIDER: "auto", ...variables(model.url) });
    await page.goto(program.url);
    await page.getByLabel("Description of the app").fill("A counter");
    await page.getByRole("button", { name: "Generate" }).click();
    await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
    const app = page.frameLocator("iframe[data-app-state]");
    await app.getByRole("button", { name: "Count" }).click();
    await app.getByRole("button", { name: "Count" }).click();
    await expect(app.locator("output")).toHaveText("2");
    await expect(app.getByText("60 names")).toBeVisible();

    await page.reload();
    await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
    await expect(app.locator("output")).toHaveText("2");
    await program.stop();
    await model.kill();
  });
}

test("without a model the page says what to install and offers samples", async ({ page, dataDirectory }) => {
  const program = await startProgram(`${dataDirectory}/own`, {
    LLM_PROVIDER: "auto",
    OLLAMA_ENABLED: "true",
    OLLAMA_API_URL: "http://127.0.0.1:9",
  });
  await page.goto(program.url);
  await expect(page.getByRole("heading", { name: "No model is connected yet" })).toBeVisible();
  await expect(page.getByText("ollama pull qwen3-coder:30b").first()).toBeVisible();
  await expect(page.getByText("OPENROUTER_API_KEY").first()).toBeVisible();
  await expect(page.getByText("Sample generator: no model is connected").first()).toBeVisible();
  const samples = page.getByRole("button", { name: "Play the sample" });
  expect(await samples.count()).toBeGreaterThanOrEqual(6);
  await samples.first().click();
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
  await program.stop();
});
