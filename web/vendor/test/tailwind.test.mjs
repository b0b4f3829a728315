import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildTailwind } from "../tailwind.mjs";

/** @type {string} */
let out;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "cumulonimbus-tailwind-"));
  await buildTailwind({ out });
}, 60_000);

afterAll(() => rm(out, { recursive: true, force: true }));

/** The compiler in an engine that has ECMAScript and nothing else. */
async function compiler() {
  const engine = createContext(Object.create(null));
  runInContext(
    "delete globalThis.console; delete globalThis.Intl; delete globalThis.structuredClone;",
    engine,
  );
  runInContext(await readFile(join(out, "compiler.js"), "utf8"), engine);
  return runInContext("tailwind", engine);
}

/** @param {string} id */
async function loadStylesheet(id) {
  const name = id === "tailwindcss" ? "index" : id.replace("tailwindcss/", "");
  const file = join(out, `${name === "tw-animate-css" ? "tw-animate" : name}.css`);
  return { path: id, base: "", content: await readFile(file, "utf8") };
}

test("compiles the default sheet and the utilities asked for", async () => {
  const { compile, version } = await compiler();
  expect(version).toMatch(/^4\./);
  const sheet = await compile('@import "tailwindcss"; @import "tw-animate-css";', {
    loadStylesheet,
  });
  const css = sheet.build(["flex", "p-4", "hover:bg-red-500/50", "animate-in", "no-such-utility"]);
  expect(css).toContain("display: flex");
  expect(css).toContain("--color-red-500");
  expect(css).toMatch(/:hover/);
  expect(css).toContain("animation: enter");
  expect(css).not.toContain("no-such-utility");
});

test("layers, theme and apply of an app's own sheet", async () => {
  const { compile } = await compiler();
  const sheet = await compile(
    '@import "tailwindcss/theme" layer(theme); @import "tailwindcss/utilities"; @theme { --color-brand: #123456; } .card { @apply rounded-lg bg-brand; }',
    { loadStylesheet },
  );
  const css = sheet.build(["text-brand"]);
  expect(css).toContain("#123456");
  expect(css).toContain("border-radius");
  expect(css).toContain("text-brand");
});
