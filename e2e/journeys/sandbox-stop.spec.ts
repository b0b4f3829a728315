import { appOfButtons, importApp, ready } from "../fixtures/apps.ts";
import { expect, test } from "../fixtures/test.ts";

// The loop begins after the click was answered, and says so: from then on nothing may be asked of the frame.
const LOOPING = appOfButtons({
  Loop: `localStorage.setItem("kept", "yes"); setTimeout(() => { console.log("looping"); for (;;) {} }, 1000);`,
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
    const looping = page.waitForEvent("console", (line) => line.text() === "looping");
    await app.getByRole("button", { name: "Loop" }).click();
    await looping;

    const stop = page.getByRole("button", { name: "Stop the app" });
    // The driver's own clicks and keys wait for every frame, and so for the one that hangs.
    await stop.evaluate((button: HTMLButtonElement) => button.click());
    await expect(page.getByRole("status").filter({ hasText: "The app is stopped" })).toContainText("What it saved is kept.");
    await expect(page.locator("iframe")).toHaveCount(0);
    await expect(stop).toBeDisabled();

    await page.getByRole("button", { name: "Start", exact: true }).click();
    await ready(page);
    await app.getByRole("button", { name: "Kept" }).click();
    await expect(app.locator("#out")).toHaveText("yes");
    await expect(stop).toBeEnabled();
  });
}
