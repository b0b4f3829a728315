import { once } from "node:events";
import { createServer } from "node:http";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import type { Page } from "@playwright/test";
import type { Prompt } from "./prompts.ts";
import type { Outcome } from "./record.ts";
import { tryOut } from "./steps.ts";

/** Where the libraries are installed that apps may import, and Vite. */
const WEB = fileURLToPath(new URL("../../web/", import.meta.url));
const MAIN = 'import { createRoot } from "react-dom/client";\nimport App from "./App";\ncreateRoot(document.getElementById("root")).render(<App />);\n';
const PAGE = '<!doctype html><html><body><div id="root"></div><script type="module" src="/main.jsx"></script></body></html>';
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** What a fence of code may be called; commands for a terminal, which often come before it, are none. */
const CODE = /^([jt]sx?|javascript\w*|typescript\w*|react)?\s*$/i;

/** The model that is asked, through Ollama's API. */
export interface Model {
  readonly address: string;
  readonly name: string;
}

/**
 * The baseline's arm: one plain request, the first code block of its reply, built with Vite and shown as it is.
 *
 * It has the libraries that our apps have. Style sheets that were imported and never written count as empty,
 * so that it does not fail for what only the second code block would have held. A reply that an earlier run
 * kept is used again.
 */
export async function viaPlainRequest(
  page: Page,
  model: Model,
  prompt: Prompt,
  keep: (name: string, text: string) => void,
  kept: (name: string) => Reply | undefined,
): Promise<Outcome> {
  const { reply, tokens, seconds } = kept("reply.json") ?? (await ask(model, `Write a React app: ${prompt.prompt}.`));
  keep("reply.json", JSON.stringify({ seconds, tokens, reply }, null, 1));
  const told = { seconds, tokens, fixes: 0, rounds: 0 };
  const blocks = [...reply.matchAll(/```([^\n]*)\n([\s\S]*?)(?:```|$)/g)];
  const code = blocks.find((block) => CODE.test(block[1] ?? ""))?.[2];
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

/** What the model answered, in how long. */
export interface Reply {
  readonly reply: string;
  readonly tokens: number;
  readonly seconds: number;
}

async function ask(model: Model, prompt: string): Promise<Reply> {
  const began = Date.now();
  // The temperature of the product's own requests, and a window that holds any reply. It streams, because a
  // client gives up on an answer that does not begin for minutes.
  const options = { temperature: 0.2, num_ctx: 8192 };
  const body = JSON.stringify({ model: model.name, stream: true, options, messages: [{ role: "user", content: prompt }] });
  const answer = await fetch(`${model.address}/api/chat`, { method: "POST", body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`\`${model.address}\` answered ${answer.status}: ${text}`);
  const lines = text.trim().split("\n").map((line) => JSON.parse(line) as Line);
  const reply = lines.map(({ message }) => message?.content ?? "").join("");
  return { reply, tokens: lines.at(-1)?.eval_count ?? 0, seconds: (Date.now() - began) / 1000 };
}

/** A line of Ollama's `/api/chat`. */
interface Line {
  readonly message?: { readonly content: string };
  readonly eval_count?: number;
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
    return stripVTControlCharacters((error as Error).message).split("\n").filter((line) => line.trim() !== "").slice(0, 3).join(" ");
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
  await once(server, "listening");
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
