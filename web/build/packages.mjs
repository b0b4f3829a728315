// What an exported project has to install: the packages behind the importable names, in the very
// versions that are embedded, and the tools that build it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LIBRARIES } from "../vendor/catalogue.mjs";
import { WEB } from "./paths.mjs";

/** What every project is built with, by the package of ours that names the version. */
const TOOLS = {
  vite: "package.json",
  "@vitejs/plugin-react": "studio/package.json",
  "@tailwindcss/vite": "studio/package.json",
  tailwindcss: "vendor/package.json",
  "tw-animate-css": "vendor/package.json",
};

/**
 * Writes the table of packages to `file`.
 * @param {{ file: string }} options
 */
export async function writePackages({ file }) {
  const own = (await readJson("vendor/package.json")).dependencies;
  /** @type {Record<string, { version: string, peers: string[] }>} */
  const packages = {};
  for (const [name, version] of Object.entries(own)) {
    if (name.startsWith("@cumulonimbus/") || name in TOOLS) continue;
    const { peerDependencies = {}, peerDependenciesMeta = {} } = await installed(name);
    const peers = Object.keys(peerDependencies).filter(
      (peer) => peer in own && !peerDependenciesMeta[peer]?.optional,
    );
    packages[name] = { version, peers };
  }
  /** @type {Record<string, string>} */
  const aliases = {};
  for (const [name, { alias }] of Object.entries(LIBRARIES)) {
    if (alias !== undefined && !(packageOf(name) in own)) aliases[name] = alias;
  }
  /** @type {Record<string, string>} */
  const tools = {};
  for (const [name, from] of Object.entries(TOOLS)) {
    const { dependencies = {}, devDependencies = {} } = await readJson(from);
    const version = dependencies[name] ?? devDependencies[name];
    if (version === undefined) throw new Error(`\`${from}\` names no version of \`${name}\``);
    tools[name] = version;
  }
  await writeFile(file, JSON.stringify({ packages, aliases, tools }));
}

/**
 * The package that an import's name belongs to.
 * @param {string} name
 */
function packageOf(name) {
  return name
    .split("/")
    .slice(0, name.startsWith("@") ? 2 : 1)
    .join("/");
}

/** @param {string} name */
async function installed(name) {
  for (const folder of ["vendor/node_modules", "node_modules"]) {
    try {
      return await readJson(join(folder, name, "package.json"));
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ENOENT") throw error;
    }
  }
  throw new Error(`\`${name}\` is not installed`);
}

/** @param {string} path below `web/` */
async function readJson(path) {
  return JSON.parse(await readFile(join(WEB, path), "utf8"));
}
