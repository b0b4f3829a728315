// Which of Tailwind's classes a component of the set uses, for the style sheets of apps with it.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseSync } from "rolldown/utils";
import { WEB } from "../build/paths.mjs";

const require = createRequire(import.meta.url);

/** @type {Map<string, Promise<{ words: string[], imports: string[] }>>} */
const read = new Map();

/** Tailwind's own opinion of what is a class, with the theme of the set. */
const designed = (async () => {
  const tailwind = dirname(require.resolve("tailwindcss/package.json"));
  const { __unstable__loadDesignSystem: load } = await import(join(tailwind, "dist/lib.mjs"));
  /** @type {Record<string, string>} */
  const sheets = {
    tailwindcss: join(tailwind, "index.css"),
    "tw-animate-css": join(WEB, "node_modules/tw-animate-css/dist/tw-animate.css"),
    theme: join(WEB, "vendor/ui/theme.css"),
  };
  return load(
    Object.keys(sheets)
      .map((name) => `@import "${name}";`)
      .join("\n"),
    {
      loadStylesheet: async (/** @type {string} */ name) => ({
        path: name,
        base: "",
        content: await readFile(sheets[name] ?? "", "utf8"),
      }),
    },
  );
})();

/**
 * The classes in the strings of a module and of the modules of the set that it imports, sorted.
 * @param {string} file
 * @returns {Promise<string[]>}
 */
export async function kitClasses(file) {
  const files = new Set([file]);
  const words = new Set();
  for (const path of files) {
    const known = read.get(path) ?? strings(path);
    read.set(path, known);
    const { words: own, imports } = await known;
    for (const word of own) words.add(word);
    for (const other of imports) files.add(join(dirname(path), other));
  }
  const candidates = [...words].sort();
  const system = await designed;
  const sheets = system.candidatesToCss(candidates);
  return candidates.filter((_, index) => sheets[index] !== null);
}

/**
 * The words of a module's strings, and its imports of other modules of the set.
 * @param {string} path
 */
async function strings(path) {
  const { program } = parseSync(path, await readFile(path, "utf8"));
  /** @type {string[]} */
  const words = [];
  /** @type {string[]} */
  const imports = [];
  /** @param {unknown} node */
  const visit = (node) => {
    if (Array.isArray(node)) for (const item of node) visit(item);
    if (typeof node !== "object" || node === null || Array.isArray(node)) return;
    const { type, value, source } = /** @type {any} */ (node);
    if (type === "ImportDeclaration" || (/^Export/.test(type) && source)) {
      if (source.value.startsWith(".")) imports.push(source.value);
      return;
    }
    const text = type === "TemplateElement" ? value.cooked : value;
    if ((type === "Literal" || type === "TemplateElement") && typeof text === "string") {
      words.push(...text.split(/\s+/).filter(Boolean));
    }
    for (const child of Object.values(node)) visit(child);
  };
  visit(program.body);
  return { words, imports };
}
