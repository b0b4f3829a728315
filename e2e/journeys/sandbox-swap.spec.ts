import { appOfButtons, importApp, openApp } from "../fixtures/apps.ts";
import { expect, test } from "../fixtures/test.ts";

// A browser that does not know names below `localhost`.
test.use({
  launchOptions: {
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--host-resolver-rules=MAP *.localhost ^NOTFOUND", "--disable-quic", "--no-first-run"],
  },
});

test("where no name below localhost resolves, an app runs under the machine's other name", async ({ page, program }) => {
  const id = await importApp(
    program,
    "Swapped",
    appOfButtons(
      {
        Write: `localStorage.setItem("a", "b"); return "written";`,
        List: `return await data.list("notes");`,
      },
      `import { data } from "cumulonimbus";`,
    ),
  );
  const app = await openApp(page, program, id);
  const frame = page.locator("iframe[data-app-state=ready]");
  await expect(frame).toHaveAttribute("src", /^http:\/\/127\.0\.0\.1:\d+\/frame\//);
  await app.getByRole("button", { name: "Write" }).click();
  await expect(app.locator("#out")).toHaveText("written");
  await app.getByRole("button", { name: "List" }).click();
  await expect(app.locator("#out")).toHaveText("[]");
});
