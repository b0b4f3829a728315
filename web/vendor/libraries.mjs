// The libraries that an app may import, as ES modules in one folder.
//
// All entries are built in one run: two runs would give two copies of React, and a hook called
// through one of them fails in a tree rendered by the other.
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { writeLocked } from "../build/lock.mjs";
import { strictLog } from "../build/log.mjs";
import { WEB } from "../build/paths.mjs";
import { writeIcons } from "./icons.mjs";

const require = createRequire(import.meta.url);

/**
 * One importable name. `from` is what it is built from; `commonjs` packages get a facade that
 * spells out their export names, which a static import needs and CommonJS does not have.
 * @typedef {{ from?: string, commonjs?: boolean, source?: string, alias?: string }} Entry
 */

/** @type {Record<string, Entry>} */
export const LIBRARIES = {
  react: { commonjs: true },
  "react/jsx-runtime": { commonjs: true },
  // The production build of this module has no `jsxDEV`; code compiled for development must
  // still run, so it is answered by the production functions.
  "react/jsx-dev-runtime": {
    source: `import { Fragment, jsx, jsxs } from "react/jsx-runtime";
export { Fragment };
export const jsxDEV = (type, props, key, isStatic) => (isStatic ? jsxs : jsx)(type, props, key);`,
  },
  "react-dom": { commonjs: true },
  "react-dom/client": { commonjs: true },
  "lucide-react": {},
  recharts: {},
  "@hello-pangea/dnd": {},
  // The maintained fork answers for the package that it replaced.
  "react-beautiful-dnd": { alias: "@hello-pangea/dnd" },
  zustand: {},
  "zustand/middleware": {},
  "zustand/shallow": {},
  "zustand/react/shallow": { alias: "zustand/shallow" },
  clsx: {},
  "date-fns": {},
  "framer-motion": {},
  "motion/react": { alias: "framer-motion" },
  cumulonimbus: { from: join(WEB, "runtime/src/sdk/index.ts") },
};

/** What the single-icon files share; not importable by apps. */
const ICON_FACTORY = "lucide-icon";

/** How the ids of modules that exist only in memory begin. */
const FACADE = "\0facade:";

/**
 * The file name of a library's entry, `react-dom/client` -> `react-dom-client`.
 * @param {string} name
 */
const fileStem = (name) => name.replace(/^@/, "").replaceAll("/", "-");

/**
 * The names a CommonJS package exports, as the package itself says in production mode.
 * @param {string} name
 * @returns {string[]}
 */
function commonjsExports(name) {
  return Object.keys(require(name)).filter((key) => key !== "default" && key !== "__esModule");
}

/**
 * The text of an entry that is no module of its package's own; nothing for one that is.
 * @param {string} name
 * @param {Entry} entry
 * @returns {string | undefined}
 */
function facade(name, entry) {
  if (!entry.commonjs) return entry.source;
  return `import library from ${JSON.stringify(name)};
export default library;
export const { ${commonjsExports(name).join(", ")} } = library;`;
}

/**
 * A plugin that serves the facades from memory, so that no generated file lies in the source tree.
 * @param {Map<string, string>} sources id, which begins with `FACADE` -> module text
 * @returns {import("rolldown").Plugin}
 */
function memoryFacades(sources) {
  return {
    name: "memory-facades",
    resolveId(id, importer) {
      if (sources.has(id)) return id;
      // A facade's imports resolve as if it stood in this package.
      if (importer?.startsWith(FACADE)) return this.resolve(id, join(WEB, "vendor/facade.js"));
      return undefined;
    },
    load: (id) => sources.get(id),
  };
}

/**
 * Builds every library into `out` and writes `manifest.json` there.
 * @param {{ out: string, lock: string }} options
 * @returns {Promise<{ moduleIds: string[], hash: string }>} the modules that went into the files
 */
export async function buildLibraries({ out, lock }) {
  process.env.NODE_ENV = "production";
  const iconFactory = FACADE + ICON_FACTORY;
  const sources = new Map([
    [iconFactory, `export { createLucideIcon as default } from "lucide-react";`],
  ]);
  /** @type {Record<string, string>} */
  const input = { [ICON_FACTORY]: iconFactory };
  for (const [name, entry] of Object.entries(LIBRARIES)) {
    if (entry.alias !== undefined) continue;
    const stem = fileStem(name);
    const source = facade(name, entry);
    if (source !== undefined) sources.set(FACADE + stem, source);
    input[stem] = source === undefined ? (entry.from ?? name) : FACADE + stem;
  }

  const bundle = await rolldown({
    cwd: join(WEB, "vendor"),
    input,
    plugins: [memoryFacades(sources)],
    platform: "browser",
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
    onLog: strictLog,
  });
  const { output } = await bundle.generate({
    format: "esm",
    minify: true,
    entryFileNames: "[name].js",
    chunkFileNames: "chunk-[hash].js",
    comments: false,
  });
  await bundle.close();

  await mkdir(out, { recursive: true });
  /** @type {Map<string, import("rolldown").OutputChunk>} */
  const chunks = new Map();
  for (const item of output) {
    if (item.type !== "chunk")
      throw new Error(`unexpected asset \`${item.fileName}\` in the libraries`);
    chunks.set(item.fileName, item);
    await writeLocked(join(out, item.fileName), lock, item.code);
  }

  const icons = await writeIcons({ out, lock, factory: `${ICON_FACTORY}.js` });

  /** @type {Record<string, unknown>} */
  const libraries = {};
  for (const [name, entry] of Object.entries(LIBRARIES)) {
    const file = `${fileStem(entry.alias ?? name)}.js`;
    const chunk = chunks.get(file);
    if (chunk === undefined) throw new Error(`no file was built for \`${name}\``);
    if (chunk.exports.length === 0) throw new Error(`\`${name}\` exports nothing`);
    libraries[name] = {
      file,
      exports: chunk.exports.toSorted(),
      closure: closure(file, chunks),
      ...(name === "lucide-react" && {
        icons: icons.names,
        iconClosure: closure(`${ICON_FACTORY}.js`, chunks),
      }),
    };
  }

  const hash = createHash("sha256");
  for (const [fileName, chunk] of [...chunks].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${fileName}\0${chunk.code}\0`);
  }
  hash.update(lock).update(icons.digest);
  const id = hash.digest("hex").slice(0, 16);
  await writeFile(join(out, "manifest.json"), JSON.stringify({ hash: id, libraries }));

  return { moduleIds: [...chunks.values()].flatMap((chunk) => chunk.moduleIds), hash: id };
}

/**
 * A file and everything it imports before it can run, itself first.
 * @param {string} file
 * @param {Map<string, import("rolldown").OutputChunk>} chunks
 * @returns {string[]}
 */
function closure(file, chunks) {
  const files = new Set([file]);
  for (const seen of files) for (const next of chunks.get(seen)?.imports ?? []) files.add(next);
  return [...files];
}
