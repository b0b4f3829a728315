// The licences of what is embedded, found from the modules that went into the files.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { WEB } from "./paths.mjs";

/** Modules that a bundler adds by itself, and the package whose code they are. */
const ADDED = [
  { prefix: "\0rolldown/", root: join(WEB, "node_modules/rolldown") },
  { prefix: "\0vite/", root: join(WEB, "node_modules/vite") },
];

/**
 * Packages that declare the MIT licence and carry no file of it, and whom they name as its holder.
 * Each was looked at; any other package without a licence file fails the build.
 */
const MIT_HOLDERS = new Map([
  ["@react-three/fiber", "react-spring and the contributors of react-three-fiber"],
  ["embla-carousel", "David Jerleke"],
  ["embla-carousel-autoplay", "David Jerleke"],
  ["embla-carousel-react", "David Jerleke"],
  ["embla-carousel-reactive-utils", "David Jerleke"],
  ["javascript-natural-sort", "Jim Palmer"],
  ["maath", "the contributors of maath"],
  ["react-remove-scroll-bar", "Anton Korzunov"],
  ["react-resizable-panels", "Brian Vaughn"],
  ["seedrandom", "David Bau"],
  ["stats-gl", "Renaud Rohlinger"],
]);

/**
 * Writes `licenses.json`: `[{ name, version, license, text }]`, sorted by name.
 * @param {{ file: string, moduleIds: string[] }} options
 */
export async function writeLicenses({ file, moduleIds }) {
  const roots = new Set(moduleIds.flatMap((id) => packageRoot(id) ?? []));
  const packages = await Promise.all([...roots].map(readLicense));
  packages.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  await writeFile(file, `${JSON.stringify(packages, null, 1)}\n`);
}

/**
 * The folder of the npm package that a module belongs to; nothing for our own modules.
 * @param {string} id
 */
function packageRoot(id) {
  const added = ADDED.find(({ prefix }) => id.startsWith(prefix));
  if (added) return added.root;
  const path = id.replace(/^\0/, "").replaceAll("\\", "/").split("?")[0] ?? "";
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
  return match?.[1];
}

/** @param {string} root */
async function readLicense(root) {
  const { name, version, license } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const found = (await readdir(root)).find((entry) => /^(licen[cs]e|copying)(\.|$)/i.test(entry));
  const holder = MIT_HOLDERS.get(name);
  if (found === undefined && holder !== undefined && license === "MIT") {
    const terms = await readFile(join(WEB, "build/mit.txt"), "utf8");
    return { name, version, license, text: `Copyright (c) ${holder}\n\n${terms.trim()}` };
  }
  if (found === undefined) {
    throw new Error(
      `\`${name}\` ${version} (${license}) carries no licence file; it cannot be embedded without one`,
    );
  }
  const whole = await readFile(join(root, found), "utf8");
  // Build tools append the licences of what they bundle for themselves, which is not embedded.
  const text = whole.split(/^#+ Licenses of bundled dependencies/m)[0] ?? whole;
  return { name, version, license, text: text.trim() };
}
