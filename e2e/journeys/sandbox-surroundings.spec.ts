import { readFile } from "node:fs/promises";
import { appOfButtons, importApp, openApp, openShadowTrees } from "../fixtures/apps.ts";
import { expect, test } from "../fixtures/test.ts";

test("alert, confirm and prompt ask in the frame, and nothing happens before the answer", async ({ page, program }) => {
  const id = await importApp(program, "Dialogues", {
    "src/App.tsx": `import { useState } from "react";
export default function App() {
  const [items, setItems] = useState(["milk", "bread"]);
  return <main>
    <button onClick={() => alert("Good morning")}>Greet</button>
    <button onClick={() => { if (confirm("Delete everything?")) setItems([]); }}>Delete</button>
    <button onClick={() => { const name = prompt("Which one?", "eggs"); if (name !== null) setItems([...items, name]); }}>Add</button>
    <button onClick={() => setTimeout(() => setItems(confirm("Late?") ? ["yes"] : ["no"]))}>Late</button>
    <ul>{items.map((item) => <li key={item}>{item}</li>)}</ul>
  </main>;
}`,
  });
  await openShadowTrees(page);
  const app = await openApp(page, program, id);
  const items = app.getByRole("listitem");
  await app.getByRole("button", { name: "Greet" }).click();
  await expect(app.getByText("Good morning")).toBeVisible();

  await app.getByRole("button", { name: "Delete" }).click();
  await expect(app.getByRole("dialog")).toContainText("Delete everything?");
  await expect(items).toHaveCount(2);
  await app.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(items).toHaveCount(2);

  await app.getByRole("button", { name: "Add" }).click();
  await app.getByRole("dialog").getByRole("textbox").fill("butter");
  await app.getByRole("dialog").getByRole("button", { name: "OK" }).click();
  await expect(items).toHaveText(["milk", "bread", "butter"]);

  await app.getByRole("button", { name: "Delete" }).click();
  await app.getByRole("dialog").getByRole("button", { name: "OK" }).click();
  await expect(items).toHaveCount(0);

  // Where the script cannot wait, the answer destroys nothing.
  await app.getByRole("button", { name: "Late" }).click();
  await expect(items).toHaveText(["no"]);
});

test("a file of the app is saved by a click outside of its frame", async ({ page, program }) => {
  const id = await importApp(
    program,
    "Files",
    appOfButtons({
      Export: `
        const blob = new Blob(["a;b\\n1;2\\n"], { type: "text/csv" });
        const url = URL.createObjectURL(blob);
        const a = document.createElement("a");
        a.href = url;
        a.download = "../table.csv";
        a.click();
        URL.revokeObjectURL(url);
        return "offered";`,
      Large: `
        const bytes = new Uint8Array(3 * 1024 * 1024).map((_, i) => i % 251);
        const a = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([bytes])), download: "large.bin" });
        document.body.append(a);
        a.click();
        return "offered";`,
      Page: `
        const a = Object.assign(document.createElement("a"), { href: "data:text/html,<script>1</script>", download: "page.html" });
        a.click();
        return "offered";`,
    }),
  );
  const app = await openApp(page, program, id);
  const question = page.getByRole("alertdialog");

  await app.getByRole("button", { name: "Export" }).click();
  await expect(question).toContainText("“Files” wants to save this file");
  await expect(question).toContainText("table.csv");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    question.getByRole("button", { name: "Save" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("table.csv");
  expect(await readFile(await download.path(), "utf8")).toBe("a;b\n1;2\n");
  await expect(question).toHaveCount(0);

  await app.getByRole("button", { name: "Large" }).click();
  const [large] = await Promise.all([
    page.waitForEvent("download"),
    question.getByRole("button", { name: "Save" }).click(),
  ]);
  const bytes = await readFile(await large.path());
  expect(bytes.length).toBe(3 * 1024 * 1024);
  expect(bytes.every((byte, i) => byte === i % 251)).toBe(true);

  await app.getByRole("button", { name: "Page" }).click();
  await question.getByRole("button", { name: "Cancel" }).press("Enter");
  await expect(question).toHaveCount(0);
  await expect(page.locator("iframe[data-app-state=ready]")).toBeVisible();
});

test("a text is copied by a click outside of the frame, and none is read", async ({ page, program, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const id = await importApp(
    program,
    "Copying",
    appOfButtons({
      Copy: `await navigator.clipboard.writeText("from the app"); return "copied";`,
      Paste: `return await navigator.clipboard.readText();`,
    }),
  );
  const app = await openApp(page, program, id);
  const question = page.getByRole("alertdialog");
  await app.getByRole("button", { name: "Copy" }).click();
  await expect(question).toContainText("from the app");
  await question.getByRole("button", { name: "Copy" }).click();
  await expect(app.locator("#out")).toHaveText("copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("from the app");

  await app.getByRole("button", { name: "Copy" }).click();
  await question.getByRole("button", { name: "Cancel" }).press("Enter");
  await expect(app.locator("#out")).toHaveText(/^NotAllowedError/);
  await app.getByRole("button", { name: "Paste" }).click();
  await expect(app.locator("#out")).toHaveText(/^NotAllowedError/);
});

test("history moves within the frame and never stands in the browser's way", async ({ page, program }) => {
  const id = await importApp(
    program,
    "Pages",
    appOfButtons(
      {
        Push: `history.pushState({ page: 1 }, "", "/one"); history.pushState({ page: 2 }, "", "#two"); return [history.length, history.state, location.hash];`,
        Replace: `history.replaceState({ page: 3 }, ""); return [history.length, history.state, location.hash];`,
        Back: `history.back();`,
        Forward: `history.forward();`,
        Hash: `location.hash = "#three"; await new Promise((done) => setTimeout(done, 50)); return [history.length, location.hash];`,
        Spam: `for (let i = 0; i < 500; i++) history.pushState(i, "", "#" + i); return history.length;`,
      },
      "",
      `useEffect(() => {
        const moved = (event: PopStateEvent) => say(["popstate", event.state, location.hash]);
        addEventListener("popstate", moved);
        return () => removeEventListener("popstate", moved);
      }, []);`,
    ),
  );
  await page.goto(program.url);
  await page.goto("/settings");
  await page.goto(`/apps/${id}`);
  const app = page.frameLocator("iframe[data-app-state=ready]");
  const out = app.locator("#out");
  await app.getByRole("button", { name: "Push" }).click();
  await expect(out).toHaveText('[3,{"page":2},"#two"]');
  await app.getByRole("button", { name: "Replace" }).click();
  await expect(out).toHaveText('[3,{"page":3},"#two"]');
  await app.getByRole("button", { name: "Back" }).click();
  await expect(out).toHaveText('["popstate",{"page":1},""]');
  await app.getByRole("button", { name: "Back" }).click();
  await expect(out).toHaveText('["popstate",null,""]');
  await app.getByRole("button", { name: "Forward" }).click();
  await expect(out).toHaveText('["popstate",{"page":1},""]');
  await app.getByRole("button", { name: "Spam" }).click();
  await expect(out).toHaveText("50");

  // One step for the page's own entry, one to leave.
  await page.goBack();
  await page.goBack();
  await expect(page).toHaveURL(/\/settings$/);
});

test("what an app asks of the page comes with its name and as plain text", async ({ page, program }) => {
  const id = await importApp(
    program,
    "Asking",
    appOfButtons(
      {
        Confirm: `return await ui.confirm("<b>Sure?</b>\\u202Egnp");`,
        Prompt: `return await ui.prompt("Your name?", "Ada");`,
        Toast: `await ui.toast("Saved <i>it</i>"); return "told";`,
        Link: `return await ui.openLink("https://example.org/a?secret=1");`,
        Script: `return await ui.openLink("javascript:alert(1)");`,
        Small: `return await ui.resize(200);`,
        Huge: `return (await ui.resize(100000)) < 2000;`,
        Who: `return [typeof useUserNow()?.id, useUserNow()?.name !== ""];`,
      },
      `import { ui, useUser as useUserNow } from "cumulonimbus";`,
    ),
  );
  const app = await openApp(page, program, id);
  const out = app.locator("#out");
  const question = page.getByRole("alertdialog");
  await app.getByRole("button", { name: "Confirm" }).click();
  await expect(question.getByRole("heading")).toHaveText("“Asking” asks");
  await expect(question).toContainText("<b>Sure?</b>gnp");
  await question.getByRole("button", { name: "OK" }).press("Enter");
  await expect(out).toHaveText("true");

  await app.getByRole("button", { name: "Prompt" }).click();
  await expect(question.getByRole("textbox")).toHaveValue("Ada");
  await question.getByRole("textbox").fill("Grace");
  await question.getByRole("textbox").press("Enter");
  await expect(out).toHaveText("Grace");

  await app.getByRole("button", { name: "Toast" }).click();
  await expect(page.getByText("Asking: Saved <i>it</i>")).toBeVisible();

  await app.getByRole("button", { name: "Link" }).click();
  await expect(question).toContainText("https://example.org/a?secret=1");
  const link = question.getByRole("link");
  await expect(link).toHaveAttribute("href", "https://example.org/a?secret=1");
  await expect(link).toHaveAttribute("rel", "noopener noreferrer");
  await page.keyboard.press("Escape");
  await expect(out).toHaveText("false");
  await app.getByRole("button", { name: "Script" }).click();
  await expect(out).toHaveText(/^bad-call/);

  await app.getByRole("button", { name: "Small" }).click();
  await expect(out).toHaveText("200");
  await app.getByRole("button", { name: "Huge" }).click();
  await expect(out).toHaveText("true");
  await app.getByRole("button", { name: "Who" }).click();
  await expect(out).toHaveText('["string",true]');
});
