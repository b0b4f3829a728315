import { expect, test } from "../fixtures/test.ts";
import type { Program } from "../fixtures/program.ts";

/** Brings an app of one file and gives its id. */
async function bring(program: Program, source: string): Promise<string> {
  const response = await fetch(`${program.origin}/api/apps/import`, {
    method: "POST",
    headers: { authorization: `Bearer ${program.token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Brought", files: { "src/App.tsx": source } }),
  });
  const answer = (await response.json()) as { appId: string };
  return answer.appId;
}

for (const [what, source, state, says] of [
  ["an app that shows something", "export default function App() { return <p>Hello</p>; }", "ready", null],
  ["an app that throws", "export default function App() { throw new Error('kaput 42'); }", "error", "kaput 42"],
  ["an app that throws while it loads", "throw new TypeError('kaput 43'); export default () => null;", "error", "kaput 43"],
  ["an app that shows nothing", "export default function App() { return null; }", "blank", "nothing"],
  [
    "an app that breaks when it is used",
    "import { useState } from 'react'; export default function App() { const [x, set] = useState<any>({ y: [] }); return <button onClick={() => set({})}>Break {x.y.length}</button>; }",
    "error",
    "undefined",
  ],
] as const) {
  test(`${what} is ${state}, and says so`, async ({ page, program }) => {
    const id = await bring(program, source);
    await page.goto(program.url);
    await page.goto(`/apps/${id}`);
    const frame = page.locator("iframe[data-app-state]");
    if (source.includes("Break")) {
      await expect(frame).toHaveAttribute("data-app-state", "ready");
      await page.frameLocator("iframe[data-app-state]").getByRole("button").click();
    }
    await expect(frame).toHaveAttribute("data-app-state", state);
    if (says !== null) {
      await expect(frame).toHaveAttribute("data-app-error", new RegExp(says, "i"));
      await expect(page.locator("main, body").first()).toContainText(new RegExp(says, "i"));
    }
  });
}

test("every sample runs", async ({ page, program }) => {
  await page.goto(program.url);
  const response = await page.request.get("/api/samples");
  const { samples } = (await response.json()) as { samples: { prompt: string; title: string }[] };
  expect(samples.length).toBeGreaterThanOrEqual(6);
  for (const sample of samples) {
    const stream = await fetch(`${program.origin}/api/apps/generate-stream`, {
      method: "POST",
      headers: { authorization: `Bearer ${program.token}`, "content-type": "application/json" },
      body: JSON.stringify({ prompt: sample.prompt, executionMode: "sandbox", provider: "demo", model: "fast" }),
    });
    const events = await stream.text();
    expect(events, sample.title).toContain('"type":"complete"');
    const app = /"appId":"([0-9a-f-]+)"/.exec(events)?.[1];
    await page.goto(`/apps/${app}`);
    await expect(page.locator("iframe[data-app-state]"), sample.title).toHaveAttribute("data-app-state", "ready");
  }
});
