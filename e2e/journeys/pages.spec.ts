import { importApp, openApp } from "../fixtures/apps.ts";
import { expect, test } from "../fixtures/test.ts";

test("a plain page with inline scripts and handlers runs under the frame's policy", async ({ page, program }) => {
  const id = await importApp(program, "Counter", {
    "index.html": `<!doctype html>
<html lang="en"><head><title>Counter</title>
<style>#count { color: rgb(1, 2, 3) } h1 { font-style: italic }</style>
<link rel="stylesheet" href="more.css"></head>
<body class="plain" onload="greet('loaded')">
<h1>Count</h1><p id="count">0</p><p id="hello"></p>
<button onclick="add(2); return false">Add two</button>
<button id="listen">Listen</button>
<form onsubmit="event.preventDefault(); add(Number(this.elements.by.value))"><input name="by" value="5"><button>Add some</button></form>
<ul id="list"></ul>
<script>
  let total = 0;
  function add(by) { total += by; show(); }
  function show() { document.getElementById("count").textContent = total; }
  document.addEventListener("DOMContentLoaded", () => document.getElementById("listen").addEventListener("click", () => add(10)));
</script>
<script src="more.js"></script>
<script>
  items = ["one", "two"];
  document.getElementById("list").innerHTML = items.map((item, i) =>
    \`<li>\${item} <button onclick="remove(\${i}, this)">Remove \${item}</button></li>\`).join("");
  function remove(i, button) { button.closest("li").remove(); add(100 * (i + 1)); window.total = total; }
</script></body></html>`,
    "more.js": "function greet(what) { hello.textContent = what + ' ' + typeof window.add; }\n",
    "more.css": "#hello { letter-spacing: 3px }\n",
  });
  const app = await openApp(page, program, id);
  await expect(app.locator("#hello")).toHaveText("loaded function");
  await expect(app.locator("#hello")).toHaveCSS("letter-spacing", "3px");
  await expect(app.locator("#count")).toHaveCSS("color", "rgb(1, 2, 3)");
  // As browsers show it: no reset of ours.
  await expect(app.locator("h1")).toHaveCSS("font-weight", "700");
  await app.getByRole("button", { name: "Add two" }).click();
  await expect(app.locator("#count")).toHaveText("2");
  await app.getByRole("button", { name: "Listen" }).click();
  await expect(app.locator("#count")).toHaveText("12");
  await app.getByRole("button", { name: "Add some" }).click();
  await expect(app.locator("#count")).toHaveText("17");
  await app.getByRole("button", { name: "Remove two" }).click();
  await expect(app.locator("#count")).toHaveText("217");
  await expect(app.getByRole("listitem")).toHaveCount(1);
});

test("a page with React, Babel and Tailwind from a delivery network runs without the network", async ({ page, program }) => {
  const id = await importApp(program, "Babel", {
    "index.html": `<!DOCTYPE html>
<html><head>
<script src="https://unpkg.com/react@18/umd/react.development.js"></script>
<script src="https://unpkg.com/react-dom@18/umd/react-dom.development.js"></script>
<script src="https://unpkg.com/@babel/standalone/babel.min.js"></script>
<script src="https://cdn.tailwindcss.com"></script>
</head><body class="bg-slate-100"><div id="root"></div>
<script type="text/babel">
const { useState } = React;
function App() {
  const [n, setN] = useState(1);
  return <button className="p-[17px] text-white bg-blue-600" onClick={() => setN(n * 2)}>Times {n}</button>;
}
ReactDOM.createRoot(document.getElementById("root")).render(<App />);
</script></body></html>`,
  });
  const app = await openApp(page, program, id);
  const button = app.getByRole("button");
  await expect(button).toHaveCSS("padding", "17px");
  await button.click();
  await expect(button).toHaveText("Times 2");
});

const ENTRIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "one file with a default export": { "Timer.jsx": "export default function Timer() { return <h1>Here</h1>; }" },
  "a component without an export": { "App.tsx": "function App() { return <h1>Here</h1>; }" },
  "a project in a folder": { "my-app/src/App.tsx": "export default () => <h1>Here</h1>;", "my-app/package.json": "{}" },
  "a page of routes": { "app/page.tsx": "export default function Page() { return <h1>Here</h1>; }", "app/layout.tsx": "export default ({ children }) => <html><body>{children}</body></html>;" },
  "an entry that mounts": { "src/main.jsx": "import { createRoot } from 'react-dom/client';\ncreateRoot(document.getElementById('root')).render(<h1>Here</h1>);" },
  "a page that starts a module": { "index.html": "<div id='root'></div><script type='module' src='/src/main.js'></script>", "src/main.js": "document.getElementById('root').innerHTML = '<h1>Here</h1>';" },
};

for (const [name, files] of Object.entries(ENTRIES)) {
  test(`${name} starts`, async ({ page, program }) => {
    const app = await openApp(page, program, await importApp(program, name, files));
    await expect(app.getByRole("heading")).toHaveText("Here");
  });
}
