import type { Locator } from "@playwright/test";
import { appOfButtons, importApp, openApp, ready } from "../fixtures/apps.ts";
import { expect, test } from "../fixtures/test.ts";

const HEAD = `import { ai, data, http, usePermission, useCollection } from "cumulonimbus";`;
const BUTTONS = {
  Share: `await data.create("board", { text: "hello" }, { scope: "shared" }); return "shared";`,
  Fetch: `const response = await http.fetch("https://api.example.org/"); return response.status;`,
  Elsewhere: `const response = await http.fetch("https://evil.example.org/"); return response.status;`,
  Model: `return await ai.complete("Say hello");`,
};
const START = `const { state } = usePermission("sharedData");
  useEffect(() => { document.title = state; }, [state]);`;

function permitted(permissions: object): Record<string, string> {
  const files = appOfButtons(BUTTONS, HEAD, START);
  const source = files["src/App.tsx"] ?? "";
  return {
    "src/App.tsx": source.replace("<h1>Ready</h1>", "<h1>Ready</h1><p id='state'>{state}</p>"),
    "cumulonimbus.json": JSON.stringify({ permissions }),
  };
}

/**
 * With the key: in the first moments of a question over another process's frame, a browser may give
 * that frame a click which was meant for the question.
 */
async function decline(consent: Locator): Promise<void> {
  await consent.getByRole("button", { name: "Not now" }).press("Enter");
}

test("a permission is asked for outside the frame, granted, and revoked", async ({ page, program }) => {
  const id = await importApp(
    program,
    "Board",
    permitted({ sharedData: { reason: "to show notes to everybody" }, http: { domains: ["api.example.org"], reason: "news" } }),
  );
  const app = await openApp(page, program, id);
  const out = app.locator("#out");
  await expect(app.locator("#state")).toHaveText("missing");
  await expect(page.getByText("The app asks for more than it may do now")).toBeVisible();

  await app.getByRole("button", { name: "Share" }).click();
  const consent = page.getByRole("dialog");
  await expect(consent.getByRole("heading")).toHaveText("What may “Board” do?");
  await expect(consent).toContainText("Change what everybody who uses the app sees");
  await expect(consent).toContainText("The app says: “to show notes to everybody”");
  await expect(consent).toContainText("Exchange data with api.example.org");
  await decline(consent);
  await expect(out).toHaveText(/^permission-needed/);
  // Once in a run is enough.
  await app.getByRole("button", { name: "Share" }).click();
  await expect(out).toHaveText(/^permission-needed/);
  await expect(consent).toHaveCount(0);

  await page.getByRole("button", { name: "Decide" }).click();
  await consent.getByLabel("Exchange data with api.example.org").uncheck();
  await consent.getByRole("button", { name: "Allow" }).click();
  await expect(app.locator("#state")).toHaveText("granted");
  await app.getByRole("button", { name: "Share" }).click();
  await expect(out).toHaveText("shared");
  await app.getByRole("button", { name: "Fetch" }).click();
  await expect(out).toHaveText(/^permission-needed/);
  await app.getByRole("button", { name: "Elsewhere" }).click();
  await expect(out).toHaveText(/^permission-needed/);
  await app.getByRole("button", { name: "Model" }).click();
  await expect(out).toHaveText(/^permission-needed/);

  // It lasts, and is not asked for again.
  await page.reload();
  await ready(page);
  await app.getByRole("button", { name: "Share" }).click();
  await expect(out).toHaveText("shared");

  // Revoked while the app runs, its next call is refused, and the person is asked.
  const settings = await page.context().newPage();
  await settings.goto("/settings");
  await expect(settings.getByText("Change what everybody who uses it sees")).toBeVisible();
  await settings.getByRole("button", { name: "Revoke what Board may do" }).click();
  await expect(settings.getByText("You have allowed no app anything")).toBeVisible();
  await settings.close();
  await app.getByRole("button", { name: "Share" }).click();
  await decline(consent);
  await expect(out).toHaveText(/^permission-needed/);
  await expect(app.locator("#state")).toHaveText("missing");
});

test("what is revoked in another window does not come back unasked, and what is given there is known", async ({ page, program }) => {
  const files = permitted({ sharedData: { reason: "x" }, http: { domains: ["api.example.org"], reason: "news" } });
  const id = await importApp(program, "Board", files);
  const app = await openApp(page, program, id);
  const other = await page.context().newPage();
  const elsewhere = await openApp(other, program, id);
  await expect(other.getByText("The app asks for more than it may do now")).toBeVisible();

  // Given here, it is known there.
  await page.bringToFront();
  await app.getByRole("button", { name: "Share" }).click();
  const consent = page.getByRole("dialog");
  await consent.getByLabel("Exchange data with api.example.org").uncheck();
  await consent.getByRole("button", { name: "Allow" }).click();
  await expect(app.locator("#out")).toHaveText("shared");
  await elsewhere.getByRole("button", { name: "Share" }).click();
  await expect(elsewhere.locator("#out")).toHaveText("shared");
  await expect(other.getByRole("dialog")).toHaveCount(0);
  await expect(elsewhere.locator("#state")).toHaveText("granted");

  // Taken back elsewhere, it is asked for again together with what is missing anyway.
  await fetch(`${program.origin}/api/apps/${id}/permissions`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${program.token}` },
  }).then((answer) => expect(answer.status).toBe(204));
  await page.getByRole("button", { name: "Decide" }).click();
  await expect(consent).toContainText("Change what everybody who uses the app sees");
  await consent.getByLabel("Change what everybody who uses the app sees").uncheck();
  await consent.getByRole("button", { name: "Allow" }).click();
  await expect(app.locator("#state")).toHaveText("missing");
  await app.getByRole("button", { name: "Share" }).click();
  await decline(consent);
  await expect(app.locator("#out")).toHaveText(/^permission-needed/);
});

test("a consent takes no answer in its first half second", async ({ page, program }) => {
  const id = await importApp(program, "Hasty", permitted({ sharedData: { reason: "x" } }));
  const app = await openApp(page, program, id);
  await page.clock.install();
  await app.getByRole("button", { name: "Share" }).click();
  const allow = page.getByRole("dialog").getByRole("button", { name: "Allow" });
  await expect(allow).toBeDisabled();
  await page.clock.runFor(1_000);
  await expect(allow).toBeEnabled();
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect(allow).toBeDisabled();
});

test("an app without a declaration is refused and nobody is asked", async ({ page, program }) => {
  const id = await importApp(program, "Plain", appOfButtons(BUTTONS, HEAD, START));
  const app = await openApp(page, program, id);
  for (const name of Object.keys(BUTTONS)) {
    await app.getByRole("button", { name }).click();
    await expect(app.locator("#out")).toHaveText(/^permission-needed/);
    await expect(page.getByRole("dialog")).toHaveCount(0);
  }
});

test("the server reaches nothing of this machine for an app, and says why", async ({ page, program }) => {
  const id = await importApp(program, "Fetching", {
    ...appOfButtons(
      {
        Inside: `return (await http.fetch("http://127.0.0.1:${new URL(program.origin).port}/healthz")).status;`,
        Nowhere: `return (await http.fetch("https://nowhere.invalid/")).status;`,
        Stop: `
          const stop = new AbortController();
          const asked = http.fetch("https://nowhere.invalid/", { signal: stop.signal });
          stop.abort();
          return await asked.then(() => "answered", (error: any) => error.code);`,
      },
      HEAD,
    ),
    "cumulonimbus.json": JSON.stringify({ permissions: { http: { domains: ["nowhere.invalid"], reason: "x" } } }),
  });
  const app = await openApp(page, program, id);
  const out = app.locator("#out");
  await page.getByRole("button", { name: "Decide" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Allow" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText("The app asks for more")).toHaveCount(0);
  await app.getByRole("button", { name: "Inside" }).click();
  await expect(out).toHaveText(/^(?:permission-needed|bad-call)/);
  await app.getByRole("button", { name: "Nowhere" }).click();
  await expect(out).toHaveText(/^fetch-/);
  await app.getByRole("button", { name: "Stop" }).click();
  await expect(out).toHaveText("cancelled");
});
