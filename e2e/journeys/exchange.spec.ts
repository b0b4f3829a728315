import { execFile } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { openApp } from "../fixtures/apps.ts";
import { unpack } from "../fixtures/archive.ts";
import { runCommand } from "../fixtures/program.ts";
import { expect, test } from "../fixtures/test.ts";

const WEB = fileURLToPath(new URL("../../web", import.meta.url));
/** A red square of one pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

const NOTES = {
  "src/App.tsx": `import { useState } from "react";
import { Plus } from "lucide-react";
import { ai, useCollection } from "cumulonimbus";
import { motion } from "motion/react";
import pixel from "@/assets/pixel.png";
import "./notes.css";

export default function App() {
  const { items, add, remove } = useCollection<{ text: string }>("notes");
  const [text, setText] = useState("");
  const [said, setSaid] = useState("");
  return (
    <main className="mx-auto max-w-md p-[13px]">
      <h1 className="title">Notes {"</script>"}</h1>
      <img src={pixel} alt="A pixel" width="20" height="20" />
      <form onSubmit={(event) => { event.preventDefault(); void add({ text }); setText(""); }}>
        <input aria-label="Note" value={text} onChange={(event) => setText(event.target.value)} />
        <button type="submit"><Plus aria-hidden /> Add</button>
      </form>
      <ul>{items.map((note) => (
        <motion.li key={note.id}>{note.text} <button type="button" onClick={() => void remove(note.id)}>Remove</button></motion.li>
      ))}</ul>
      <button type="button" onClick={() => ai.complete("hello").then(setSaid, (error) => setSaid(error.code + ": " + error.message))}>Ask</button>
      <output>{said}</output>
    </main>
  );
}
`,
  "src/notes.css": ".title { @apply text-2xl; color: rgb(1, 2, 3); background: url(./assets/pixel.png) }\n",
};

async function writeFolder(folder: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

/** Imports a path by command, through the program that runs on the data directory; the app's id. */
async function importPath(dataDirectory: string, path: string): Promise<string> {
  const done = await runCommand(["apps", "import", path, "--json"], { CUMULONIMBUS_DATA_DIR: dataDirectory });
  expect(done, done.stderr).toMatchObject({ code: 0 });
  const answer = JSON.parse(done.stdout) as { appId: string; versionId: string; diagnostics: { severity: string }[] };
  expect(answer.diagnostics.filter(({ severity }) => severity === "error"), done.stdout).toEqual([]);
  return answer.appId;
}

test("an app exported as one page works from the disk, without a server", async ({ page, program, dataDirectory }) => {
  // An unoptimised program takes long to link all libraries.
  test.slow();
  const files = { ...NOTES, "src/assets/pixel.png": Buffer.from(PIXEL, "base64") };
  const folder = await writeFolder(join(dataDirectory, "notes-app"), files);
  const id = await importPath(dataDirectory, folder);
  const hosted = await openApp(page, program, id);
  await expect(hosted.getByRole("heading")).toHaveCSS("color", "rgb(1, 2, 3)");
  const width = (image: HTMLImageElement) => image.naturalWidth;
  expect(await hosted.getByAltText("A pixel").evaluate(width)).toBe(1);

  const file = join(dataDirectory, "notes.html");
  const out = await runCommand(["apps", "export", id, "--html", "--out", file], { CUMULONIMBUS_DATA_DIR: dataDirectory });
  expect(out, out.stderr).toMatchObject({ code: 0 });
  await program.stop();

  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => /^https?:/.test(request.url()) && problems.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  await expect(page.getByRole("heading")).toHaveText("Notes </script>");
  await expect(page.getByRole("heading")).toHaveCSS("color", "rgb(1, 2, 3)");
  await expect(page.locator("main")).toHaveCSS("padding", "13px");
  await expect(page.locator("svg")).toHaveCount(1);
  expect(await page.getByAltText("A pixel").evaluate(width)).toBe(1);
  for (const note of ["milk", "bread"]) {
    await page.getByLabel("Note").fill(note);
    await page.getByRole("button", { name: "Add" }).click();
    await expect(page.getByText(note)).toBeVisible();
  }
  await page.getByRole("button", { name: "Remove" }).first().click();
  await expect(page.getByRole("listitem")).toHaveCount(1);
  await page.reload();
  await expect(page.getByRole("listitem")).toContainText("bread");
  await page.getByRole("button", { name: "Ask" }).click();
  await expect(page.locator("output")).toContainText("unavailable: This copy of the app runs by itself");
  expect(problems).toEqual([]);
});

test("an exported project builds with Vite and runs", async ({ page, program, dataDirectory }) => {
  const files = { ...NOTES, "src/assets/pixel.png": Buffer.from(PIXEL, "base64") };
  const folder = await writeFolder(join(dataDirectory, "notes-app"), files);
  const id = await importPath(dataDirectory, folder);
  const archive = join(dataDirectory, "notes.zip");
  const out = await runCommand(["apps", "export", id, "--out", archive], { CUMULONIMBUS_DATA_DIR: dataDirectory });
  expect(out, out.stderr).toMatchObject({ code: 0 });

  const project = join(dataDirectory, "project");
  const paths = await unpack(await readFile(archive), project);
  expect(paths).toEqual(expect.arrayContaining(["package.json", "vite.config.js", "index.html", "src/main.tsx", "README.md"]));
  const { dependencies } = JSON.parse(await readFile(join(project, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  expect(Object.keys(dependencies).sort()).toEqual(["framer-motion", "lucide-react", "react", "react-dom"]);
  for (const version of Object.values(dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  // These very versions are installed here; nothing is fetched in a test.
  await symlink(join(WEB, "node_modules"), join(project, "node_modules"));
  await promisify(execFile)(process.execPath, [join(WEB, "node_modules/vite/bin/vite.js"), "build"], { cwd: project });

  const server = createServer(async (request, response) => {
    const path = request.url === "/" ? "/index.html" : String(request.url);
    const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
    response.setHeader("content-type", types[extname(path)] ?? "application/octet-stream");
    response.end(await readFile(join(project, "dist", path)).catch(() => ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await expect(page.getByRole("heading")).toHaveCSS("color", "rgb(1, 2, 3)");
    await expect(page.locator("main")).toHaveCSS("padding", "13px");
    await page.getByLabel("Note").fill("from vite");
    await page.getByRole("button", { name: "Add" }).click();
    await expect(page.getByRole("listitem")).toContainText("from vite");
  } finally {
    server.close();
  }

  // What was exported comes back as the same app.
  const again = await importPath(dataDirectory, archive);
  const app = await openApp(page, program, again);
  await expect(app.getByRole("heading")).toHaveCSS("color", "rgb(1, 2, 3)");
});
