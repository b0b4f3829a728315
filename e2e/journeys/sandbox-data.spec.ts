import { importApp, openApp, ready } from "../fixtures/apps.ts";
import { expect, test } from "../fixtures/test.ts";

const NOTES = {
  "src/App.tsx": `import { useState } from "react";
import { useCollection } from "cumulonimbus";
type Note = { title: string; stars: number };
export default function App() {
  const [stars, setStars] = useState(3);
  const all = useCollection<Note>("notes");
  const best = useCollection<Note>("notes", { filter: { stars: { gte: 3 } }, sort: [{ field: "stars", direction: "desc" }], limit: 2 });
  return <main>
    <h1>Notes</h1>
    <form onSubmit={(event) => {
      event.preventDefault();
      const field = event.currentTarget.elements.namedItem("title") as HTMLInputElement;
      void all.add({ title: field.value, stars });
      field.value = "";
    }}>
      <input name="title" aria-label="Title" />
      <input type="number" aria-label="Stars" value={stars} onChange={(event) => setStars(Number(event.target.value))} />
      <button>Add</button>
    </form>
    <ul aria-label="All">{all.items.map((note) => <li key={note.id}>
      {note.title} {note.stars}
      <button onClick={() => void all.update(note.id, { stars: note.stars + 1 })}>More {note.title}</button>
      <button onClick={() => void all.remove(note.id)}>Remove {note.title}</button>
    </li>)}</ul>
    <ol aria-label="Best">{best.items.map((note) => <li key={note.id}>{note.title}</li>)}</ol>
    {best.hasMore && <button onClick={() => void best.loadMore()}>Load more</button>}
    <p id="error">{all.error?.message ?? best.error?.message ?? ""}</p>
  </main>;
}`,
};

test("a collection is the same in two windows", async ({ page, program, context }) => {
  const id = await importApp(program, "Notes", NOTES);
  const here = await openApp(page, program, id);
  const other = await context.newPage();
  await other.goto(`/apps/${id}`);
  await ready(other);
  const there = other.frameLocator("iframe[data-app-state]");

  const add = async (title: string, stars: number) => {
    await here.getByLabel("Stars").fill(String(stars));
    await here.getByLabel("Title").fill(title);
    await here.getByRole("button", { name: "Add" }).click();
  };
  await add("milk", 1);
  await expect(here.getByLabel("All").getByRole("listitem")).toHaveText([/milk 1/]);
  await expect(there.getByLabel("All").getByRole("listitem")).toHaveText([/milk 1/]);

  // Both windows change the same record: neither change is lost.
  await there.getByRole("button", { name: "More milk" }).click();
  await expect(here.getByLabel("All").getByRole("listitem")).toHaveText([/milk 2/]);
  await here.getByRole("button", { name: "More milk" }).click();
  await expect(there.getByLabel("All").getByRole("listitem")).toHaveText([/milk 3/]);

  await add("bread", 5);
  await add("eggs", 4);
  for (const app of [here, there]) {
    await expect(app.getByLabel("Best").getByRole("listitem")).toHaveText(["bread", "eggs"]);
  }
  await there.getByRole("button", { name: "Load more" }).click();
  await expect(there.getByLabel("Best").getByRole("listitem")).toHaveText(["bread", "eggs", "milk"]);

  await there.getByRole("button", { name: "Remove bread" }).click();
  await expect(here.getByLabel("All").getByRole("listitem")).toHaveText([/milk 3/, /eggs 4/]);
  await expect(here.locator("#error")).toHaveText("");
});
