import { appOfButtons, importApp, openApp, ready } from "../fixtures/apps.ts";
import { expect, test } from "../fixtures/test.ts";

test("localStorage behaves as in a page of its own, and lasts", async ({ page, program }) => {
  const id = await importApp(
    program,
    "Local",
    appOfButtons({
      Semantics: `
        localStorage.clear();
        localStorage.setItem("a", 1 as any);
        localStorage.b = "two";
        const seen: unknown[] = [localStorage.getItem("a"), localStorage.a, localStorage["b"], localStorage.length];
        seen.push("a" in localStorage, Object.keys(localStorage).sort().join(), localStorage.getItem("none"), localStorage.key(9));
        delete (localStorage as any).a;
        localStorage.removeItem("b");
        seen.push(localStorage.length, JSON.stringify(localStorage), localStorage instanceof Storage);
        try { localStorage.setItem("big", "x".repeat(6 * 1024 * 1024)); seen.push("kept"); } catch (error: any) { seen.push(error.name); }
        return seen;`,
      Write: `for (let i = 0; i < 3000; i++) localStorage.setItem("k" + i, String(i)); return "written";`,
      Count: `return [localStorage.length, localStorage.getItem("k2999")];`,
      Large: `localStorage.clear(); localStorage.setItem("large", JSON.stringify({ text: "€".repeat(1_200_000) })); return "kept";`,
      Larger: `return localStorage.getItem("large")?.length ?? 0;`,
      Last: `localStorage.setItem("last", "yes"); return "said";`,
      Read: `return localStorage.getItem("last") ?? "nothing";`,
    }),
  );
  const app = await openApp(page, program, id);
  const out = app.locator("#out");
  await app.getByRole("button", { name: "Semantics" }).click();
  await expect(out).toHaveText('["1","1","two",2,true,"a,b",null,null,0,"{}",true,"QuotaExceededError"]');

  await app.getByRole("button", { name: "Write" }).click();
  await expect(out).toHaveText("written");
  await app.getByRole("button", { name: "Last" }).click();
  await expect(out).toHaveText("said");
  // What is written right before a reload reaches the server before the app starts again.
  await page.getByRole("button", { name: "Reload the app" }).click();
  await expect(app.locator("#out")).toHaveText("idle");
  await app.getByRole("button", { name: "Read" }).click();
  await expect(out).toHaveText("yes");
  await app.getByRole("button", { name: "Count" }).click();
  await expect(out).toHaveText('[3001,"2999"]');

  await page.reload();
  await ready(page);
  await app.getByRole("button", { name: "Count" }).click();
  await expect(out).toHaveText('[3001,"2999"]');

  await app.getByRole("button", { name: "Large", exact: true }).click();
  await expect(out).toHaveText("kept");
  await page.getByRole("button", { name: "Reload the app" }).click();
  await expect(app.locator("#out")).toHaveText("idle");
  await app.getByRole("button", { name: "Larger" }).click();
  await expect(out).toHaveText(String(1_200_000 + 11));
});

test("sessionStorage lasts as long as the frame, and window.storage longer", async ({ page, program }) => {
  const id = await importApp(
    program,
    "Session",
    appOfButtons({
      Write: `
        sessionStorage.setItem("s", "1");
        const w = (window as any).storage;
        await w.set("todo:1", "milk");
        await w.set("todo:2", JSON.stringify({ done: true }));
        document.cookie = "a=b";
        return [sessionStorage.getItem("s"), sessionStorage.length, localStorage.length, document.cookie];`,
      Read: `
        const w = (window as any).storage;
        const { keys } = await w.list("todo:");
        const one = await w.get("todo:1");
        const none = await w.get("none").catch((error: Error) => "rejected");
        return [sessionStorage.getItem("s"), keys, one.value, none];`,
      Delete: `await (window as any).storage.delete("todo:1"); return await (window as any).storage.list();`,
    }),
  );
  const app = await openApp(page, program, id);
  const out = app.locator("#out");
  await app.getByRole("button", { name: "Write" }).click();
  await expect(out).toHaveText('["1",1,0,""]');
  await page.reload();
  await ready(page);
  await app.getByRole("button", { name: "Read" }).click();
  await expect(out).toHaveText('[null,["todo:1","todo:2"],"milk","rejected"]');
  await app.getByRole("button", { name: "Delete" }).click();
  await expect(out).toHaveText('{"keys":["todo:2"],"shared":false}');
});
