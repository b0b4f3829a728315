// The libraries that an app may import, as ES modules in one folder.
//
// All entries are built in one run: two runs would give two copies of React, and a hook called
// through one of them fails in a tree rendered by the other.
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { writeLocked } from "../build/lock.mjs";
import { strictLog } from "../build/log.mjs";
import { WEB } from "../build/paths.mjs";
import { LIBRARIES } from "./catalogue.mjs";
import { kitClasses } from "./classes.mjs";
import { PACKS } from "./icon-packs.mjs";
import { writeIcons } from "./icons.mjs";

const require = createRequire(import.meta.url);

/** What the single-icon files share; not importable by apps. */
const ICON_FACTORY = "lucide-icon";

/**
 * What libraries bring for things that no app can do here: decoding video streams and finding faces
 * both load more from the network. By name, with what stands there instead.
 */
const LEFT_OUT = {
  "hls.js": "export const Events = {}; export default { isSupported: () => false };",
  "@mediapipe/tasks-vision": `throw new Error("Finding faces is not possible in an app.");`,
};

/** How the ids of modules that exist only in memory begin. */
const FACADE = "\0facade:";

/**
 * The file name of a library's entry, `react-dom/client` -> `react-dom-client`.
 * @param {string} name
 */
const fileStem = (name) => name.replace(/^@\/?/, "").replaceAll("/", "-");

/**
 * The names a CommonJS package exports, as the package itself says in production mode.
 * @param {string} name
 * @returns {string[]}
 */
function commonjsExports(name) {
  return Object.keys(require(name)).filter(
    (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== "default" && key !== "__esModule",
  );
}

/**
 * The text of an entry that is no module of its package's own; nothing for one that is.
 * @param {string} name
 * @param {import("./catalogue.mjs").Entry} entry
 * @returns {Promise<string | undefined>}
 */
async function facade(name, entry) {
  if (entry.css !== undefined) {
    const css = await readFile(require.resolve(entry.css), "utf8");
    return `const sheet = document.createElement("style");
sheet.textContent = ${JSON.stringify(css)};
document.head.append(sheet);
export default sheet;`;
  }
  if (!entry.commonjs) return entry.source;
  const from = entry.from ?? name;
  const names = commonjsExports(from);
  return `import library from ${JSON.stringify(from)};
export default library;
${names.length === 0 ? "" : `export const { ${names.join(", ")} } = library;`}`;
}

/**
 * Whether a name is one to tell people and models of: no other spelling, no part of a library.
 * @param {string} name
 * @param {import("./catalogue.mjs").Entry} entry
 */
function isOffered(name, entry) {
  const parts = name.split("/").length - (name.startsWith("@") ? 1 : 0);
  return entry.alias === undefined && !entry.from && parts === 1;
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
    load(id) {
      const code = sources.get(id);
      // Some ids end like the name of a style sheet.
      return code === undefined ? undefined : { code, moduleType: "js" };
    },
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
    ...Object.entries(LEFT_OUT),
  ]);
  /** @type {Record<string, string>} */
  const input = { [ICON_FACTORY]: iconFactory };
  for (const [name, entry] of Object.entries(LIBRARIES)) {
    if (entry.alias !== undefined) continue;
    const stem = fileStem(name);
    const source = await facade(name, entry);
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

  /** @type {Record<string, object>} */
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
      ...(entry.kit && { classes: await kitClasses(entry.kit) }),
      ...(!isOffered(name, entry) && { unlisted: true }),
      ...(name === "lucide-react" && {
        icons: icons.names,
        iconClosure: closure(`${ICON_FACTORY}.js`, chunks),
      }),
    };
  }
  // What a pack's icons are drawn with; the icons themselves go into the bundle.
  const drawing = libraries["react-icons/lib"];
  for (const pack of PACKS) {
    libraries[`react-icons/${pack}`] = { ...drawing, pack, unlisted: pack !== "fa" };
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
