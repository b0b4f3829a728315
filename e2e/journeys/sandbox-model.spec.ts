import { appOfButtons, importApp, openApp, ready } from "../fixtures/apps.ts";
import { startModel } from "../fixtures/model.ts";
import { startProgram } from "../fixtures/program.ts";
import { expect, test } from "../fixtures/test.ts";

const POEM = Array.from({ length: 80 }, (_, line) => `Line ${line} of a poem about clouds.`).join("\n");

const ASKING = {
  ...appOfButtons(
    {
      Stream: `
        let text = "";
        let pieces = 0;
        const answer = ai.complete("Write a poem");
        for await (const piece of answer) { text += piece; pieces++; say("so far " + text.length); }
        return ["streamed", pieces > 5, text === poem, (await answer.usage).completionTokens > 0];`,
      Whole: `return (await ai.complete({ messages: [{ role: "user", content: "Write" }], maxTokens: 1000 })) === poem ? "whole" : "cut";`,
      Stop: `
        const stop = new AbortController();
        let pieces = 0;
        try {
          for await (const piece of ai.complete("Write", { signal: stop.signal })) if (++pieces === 3) stop.abort();
          return "finished";
        } catch (error: any) { return error.code; }`,
      Wrong: `return await ai.complete({ messages: [] });`,
    },
    `import { ai } from "cumulonimbus";\nconst poem = ${JSON.stringify(POEM)};`,
  ),
  "cumulonimbus.json": JSON.stringify({ permissions: { ai: { reason: "to write poems" } } }),
};

test("an app asks the model, hears it as it writes, and can stop it", async ({ page, dataDirectory }) => {
  const model = await startModel(POEM, "Line 40");
  const program = await startProgram(`${dataDirectory}/own`, {
    LLM_PROVIDER: "auto",
    OLLAMA_ENABLED: "true",
    OLLAMA_API_URL: model.url,
    OLLAMA_MODEL: "tester:30b",
  });
  const id = await importApp(program, "Poet", ASKING);
  const app = await openApp(page, program, id);
  const out = app.locator("#out");

  // The call waits for the person and goes on when they agree.
  await app.getByRole("button", { name: "Stream" }).click();
  const consent = page.getByRole("dialog");
  await expect(consent).toContainText("The app says: “to write poems”");
  await consent.getByRole("button", { name: "Allow" }).click();
  await expect(out).toHaveText(/^so far \d{3,}/);
  model.release();
  await expect(out).toHaveText('["streamed",true,true,true]');

  await app.getByRole("button", { name: "Whole" }).click();
  await expect(out).toHaveText("whole");

  const before = model.brokenOff();
  await app.getByRole("button", { name: "Stop" }).click();
  await expect(out).toHaveText("cancelled");
  await expect.poll(() => model.brokenOff()).toBe(before + 1);

  await app.getByRole("button", { name: "Wrong" }).click();
  await expect(out).toHaveText(/^bad-call/);
  await program.stop();
  await model.kill();
});

test("an app that reads none of its answers does not keep the studio from loading", async ({ page, dataDirectory }) => {
  // Never released: the answers come as far as this and no further.
  const model = await startModel(POEM, "Line 40");
  const program = await startProgram(`${dataDirectory}/own`, {
    LLM_PROVIDER: "auto",
    OLLAMA_ENABLED: "true",
    OLLAMA_API_URL: model.url,
    OLLAMA_MODEL: "tester:30b",
  });
  const id = await importApp(program, "Greedy", {
    ...appOfButtons(
      {
        One: `const [first] = await Promise.all([(async () => { for await (const piece of ai.complete("x")) return piece; })()]); return "has " + typeof first;`,
        Ten: `const all = Array.from({ length: 10 }, () => ai.complete("x")); return all.length + " asked";`,
      },
      `import { ai } from "cumulonimbus";`,
    ),
    "cumulonimbus.json": JSON.stringify({ permissions: { ai: { reason: "greed" } } }),
  });
  const app = await openApp(page, program, id);
  const out = app.locator("#out");
  await app.getByRole("button", { name: "One" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Allow" }).click();
  await expect(out).toHaveText("has string");

  const asked = page.waitForRequest("**/api/sandbox/ai");
  await app.getByRole("button", { name: "Ten" }).click();
  await expect(out).toHaveText("10 asked");
  await asked;
  let streams = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/api/sandbox/ai")) streams++;
  });
  const studio = await page.context().newPage();
  await studio.goto(`${program.origin}/studio/${id}`);
  await ready(studio);
  await expect(studio.getByRole("button", { name: "Reload" }).first()).toBeVisible();
  expect(streams).toBeLessThan(2);
  await program.stop();
  await model.kill();
});
