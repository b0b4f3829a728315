import { appOfButtons, importApp, openApp, ready } from "../fixtures/apps.ts";
import type { Program } from "../fixtures/program.ts";
import { expect, test } from "../fixtures/test.ts";

const WRITING = appOfButtons(
  {
    Write: `localStorage.setItem("a", "b"); return "written";`,
    Read: `return localStorage.getItem("a") ?? "nothing";`,
    List: `return await data.list("notes");`,
  },
  `import { data, useCollection } from "cumulonimbus";`,
  `useCollection("notes");`,
);

test("an app that runs is told of a new version, and starts again by a click", async ({ page, program }) => {
  const id = await importApp(program, "Old", WRITING);
  const app = await openApp(page, program, id);
  await app.getByRole("button", { name: "Write" }).click();
  await expect(app.locator("#out")).toHaveText("written");

  await makeVersion(program, id);
  // Nobody touches the app: the server tells it.
  await expect(page.getByText("The app was closed")).toBeVisible();
  await expect(page.getByText("The app has another version now")).toBeVisible();
  await page.getByRole("button", { name: "Reload the app" }).last().click();
  await ready(page);
  await app.getByRole("button", { name: "Read" }).click();
  await expect(app.locator("#out")).toHaveText("b");
});

test("what an app writes after a new version came is there in that version", async ({ page, program }) => {
  // It follows nothing, so that it hears of the new version when it writes.
  const quiet = appOfButtons(
    {
      Write: `localStorage.setItem("a", "late"); localStorage.setItem("long", "x".repeat(2_000_000)); await data.create("notes", { title: "late too" });`,
      Read: `return [localStorage.getItem("a"), localStorage.getItem("long")?.length, (await data.list("notes")).map((note) => note.title)];`,
    },
    `import { data } from "cumulonimbus";`,
  );
  const id = await importApp(program, "Quiet", quiet);
  const app = await openApp(page, program, id);
  await makeVersion(program, id);
  await app.getByRole("button", { name: "Write" }).click();
  await expect(page.getByText("The app has another version now")).toBeVisible();
  await page.getByRole("button", { name: "Reload the app" }).last().click();
  await ready(page);
  await app.getByRole("button", { name: "Read" }).click();
  await expect(app.locator("#out")).toHaveText('["late",2000000,["late too"]]');
});

/** Makes a new version of the app out of its first, behind the back of every page. */
async function makeVersion(program: Program, id: string): Promise<void> {
  const headers = { authorization: `Bearer ${program.token}`, "content-type": "application/json" };
  const listed = await fetch(`${program.origin}/api/apps/${id}/versions`, { headers });
  const { versions } = (await listed.json()) as { versions: { id: string }[] };
  const restored = await fetch(`${program.origin}/api/apps/${id}/versions/${versions[0]?.id}/restore`, {
    method: "POST",
    headers,
    body: "{}",
  });
  expect(restored.ok).toBe(true);
}

test("signing out ends what runs", async ({ page, program, context }) => {
  const id = await importApp(program, "Running", WRITING);
  await openApp(page, program, id);
  const settings = await context.newPage();
  await settings.goto("/settings");
  await settings.getByRole("button", { name: "Sign out" }).click();
  await expect(settings.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await expect(page.getByText("The person signed out")).toBeVisible();
  await expect(page.locator("iframe")).toHaveAttribute("data-app-state", "error");
});
