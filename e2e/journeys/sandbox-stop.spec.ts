import { appOfButtons, importApp, openApp, ready } from "../fixtures/apps.ts";
import { expect, test } from "../fixtures/test.ts";

// The loop begins after the click was answered, so that the test does not wait for it.
const LOOPING = appOfButtons({
  Loop: `localStorage.setItem("kept", "yes"); setTimeout(() => { for (;;) {} }, 200); return "looping";`,
  Kept: `return localStorage.getItem("kept") ?? "nothing";`,
});

for (const where of ["apps", "studio"] as const) {
  test(`an app in an endless loop is stopped on its page below /${where}, and started again`, async ({ page, program }) => {
    const id = await importApp(program, "Looper", LOOPING);
    await page.goto(program.url);
    await page.goto(`${program.origin}/${where}/${id}`);
    await ready(page);
    // A frame can close a tab that has a history of one page.
    expect(await page.evaluate(() => history.length)).toBeGreaterThan(2);
    const app = page.frameLocator("iframe[data-app-state]");
    await app.getByRole("button", { name: "Loop" }).click();
    await expect(app.locator("#out")).toHaveText("looping");

    const stop = page.getByRole("button", { name: "Stop the app" });
    await stop.click();
    await expect(page.getByRole("status").filter({ hasText: "The app is stopped" })).toContainText("What it saved is kept.");
    await expect(page.locator("iframe")).toHaveCount(0);
    await expect(stop).toBeDisabled();

    await page.getByRole("button", { name: "Start" }).click();
    await ready(page);
    await app.getByRole("button", { name: "Kept" }).click();
    await expect(app.locator("#out")).toHaveText("yes");
    await expect(stop).toBeEnabled();
  });
}

test("the page stays usable beside an app in an endless loop that nobody stops", async ({ page, program }) => {
  const id = await importApp(program, "Looper", LOOPING);
  const app = await openApp(page, program, id);
  await app.getByRole("button", { name: "Loop" }).click();
  await expect(page.getByText("The app does not respond")).toBeVisible();
  await page.getByRole("button", { name: "Stop the app" }).click();
  await expect(page.locator("iframe")).toHaveCount(0);
  await page.getByRole("button", { name: "Reload" }).first().click();
  await ready(page);
});
