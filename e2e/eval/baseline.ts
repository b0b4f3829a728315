import { createServer } from "node:http";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Page } from "@playwright/test";
import type { Prompt } from "./prompts.ts";
import type { Outcome } from "./record.ts";
import { tryOut } from "./steps.ts";

/** Where the libraries are installed that apps may import, and Vite. */
const WEB = fileURLToPath(new URL("../../web/", import.meta.url));
const MAIN = 'import { createRoot } from "react-dom/client";\nimport App from "./App";\ncreateRoot(document.getElementById("root")).render(<App />);\n';
const PAGE = '<!doctype html><html><body><div id="root"></div><script type="module" src="/main.jsx"></script></body></html>';
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** The model that is asked, through Ollama's API. */
export interface Model {
  readonly address: string;
  readonly name: string;
}

/**
 * The baseline's arm: one plain request, the first code block of its reply, built with Vite and shown as it is.
 *
 * It has the libraries that our apps have. Style sheets that were imported and never written count as empty,
 * so that it does not fail for what only the second code block would have held.
 */
export async function viaPlainRequest(
  page: Page,
  model: Model,
  prompt: Prompt,
  keep: (name: string, text: string) => void,
): Promise<Outcome> {
  const began = Date.now();
  const { reply, tokens } = await ask(model, `Write a React app: ${prompt.prompt}.`);
  const told = { seconds: (Date.now() - began) / 1000, tokens, fixes: 0, rounds: 0 };
  keep("reply.md", reply);
  const code = /```[^\n]*\n([\s\S]*?)(?:```|$)/.exec(reply)?.[1];
  if (code === undefined) return { ...told, state: "no-build", error: "there is no code block" };
  const folder = mkdtempSync(join(tmpdir(), "cumulonimbus-baseline-"));
  try {
    const failed = await build(folder, code);
    if (failed !== undefined) return { ...told, state: "no-build", error: failed };
    return { ...told, ...(await show(page, join(folder, "dist"), prompt)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(model: Model, prompt: string): Promise<{ reply: string; tokens: number }> {
  // The temperature of the product's own requests, and a window that holds any reply.
  const options = { temperature: 0.2, num_ctx: 8192 };
  const body = JSON.stringify({ model: model.name, stream: false, options, messages: [{ role: "user", content: prompt }] });
  const answer = await fetch(`${model.address}/api/chat`, { method: "POST", body });
  if (!answer.ok) throw new Error(`\`${model.address}\` answered ${answer.status}: ${await answer.text()}`);
  const { message, eval_count } = (await answer.json()) as { message: { content: string }; eval_count?: number };
  return { reply: message.content, tokens: eval_count ?? 0 };
}

/** Builds with Vite; the first line of its complaint, if any. */
async function build(folder: string, code: string): Promise<string | undefined> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.html"), PAGE);
  writeFileSync(join(folder, "main.jsx"), MAIN);
  writeFileSync(join(folder, "App.tsx"), code);
  const vite = await import(pathToFileURL(createRequire(join(WEB, "package.json")).resolve("vite")).href);
  const libraries = {
    name: "libraries",
    enforce: "pre",
    async resolveId(this: { resolve: Resolve }, id: string, from: string | undefined) {
      if (/\.(css|s[ac]ss|less)$/.test(id)) return "\0empty.css";
      if (id.startsWith(".") || id.startsWith("/") || !from?.startsWith(folder)) return null;
      return await this.resolve(id, join(WEB, "vendor/package.json"), { skipSelf: true });
    },
    load: (id: string) => (id === "\0empty.css" ? "" : null),
  };
  try {
    const quiet = { configFile: false, logLevel: "silent", root: folder, oxc: { jsx: { runtime: "automatic" } } };
    await vite.build({ ...quiet, plugins: [libraries], build: { outDir: join(folder, "dist"), minify: false } });
    return undefined;
  } catch (error) {
    return String((error as Error).message).split("\n").filter((line) => line.trim() !== "").slice(0, 3).join(" ");
  }
}

type Resolve = (id: string, from: string, options: { skipSelf: boolean }) => Promise<unknown>;

async function show(page: Page, dist: string, prompt: Prompt): Promise<Pick<Outcome, "state" | "error" | "does" | "failed">> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    try {
      const file = readFileSync(join(dist, path === "/" ? "index.html" : path));
      response.writeHead(200, { "content-type": TYPES[extname(path) || ".html"] ?? "application/octet-stream" }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  try {
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    await page.waitForTimeout(2_000);
    // Shown is what the product counts as shown: words, a picture, or something to type into.
    const shown = await page.locator("#root").evaluate((root) =>
      (root as HTMLElement).innerText.trim() !== "" || root.querySelector("svg, canvas, img, input, textarea, button") !== null,
    );
    if (errors[0] !== undefined) return { state: "error", error: errors[0] };
    if (!shown) return { state: "blank", error: "it shows nothing" };
    if (prompt.steps === undefined) return { state: "ready" };
    const failed = (await tryOut(page, prompt.steps)) ?? errors[0];
    return { state: "ready", does: failed === undefined, ...(failed ? { failed } : {}) };
  } finally {
    server.close();
  }
}
