import { appOfButtons, importApp, openApp, ready } from "../fixtures/apps.ts";
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

  const headers = { authorization: `Bearer ${program.token}`, "content-type": "application/json" };
  const listed = await fetch(`${program.origin}/api/apps/${id}/versions`, { headers });
  const { versions } = (await listed.json()) as { versions: { id: string }[] };
  await fetch(`${program.origin}/api/apps/${id}/versions/${versions[0]?.id}/restore`, {
    method: "POST",
    headers,
    body: "{}",
  });
  // Nobody touches the app: the server tells it.
  await expect(page.getByText("The app was closed")).toBeVisible();
  await expect(page.getByText("The app has another version now")).toBeVisible();
  await page.getByRole("button", { name: "Reload the app" }).last().click();
  await ready(page);
  await app.getByRole("button", { name: "Read" }).click();
  await expect(app.locator("#out")).toHaveText("b");
});

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
