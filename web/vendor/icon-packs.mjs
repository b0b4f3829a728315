// The icons of react-icons, one pack a file and one icon a line.
//
// A pack as a module is up to 1.7 MB, and an app uses a handful of its icons. So packs are not sent
// to browsers: the bundler takes the lines that an app names and writes them into its bundle.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const HOME = dirname(require.resolve("react-icons"));

/** The packs that people use; the others are large or seldom met. */
export const PACKS = "ai bi bs fa fa6 fi go hi hi2 io5 lu md rx tb".split(" ");

const ICON = /export function (\w+) \(props\) \{\s*return GenIcon\((\{.*\})\)\(props\);\s*\}/g;

/**
 * Every icon of a pack: its name and the data that `GenIcon` draws.
 * @param {string} pack
 * @returns {Promise<Map<string, string>>}
 */
export async function readPack(pack) {
  const text = await readFile(join(HOME, pack, "index.mjs"), "utf8");
  const icons = new Map();
  for (const [, name, data] of text.matchAll(ICON)) icons.set(name, data);
  const declared = text.match(/^export /gm)?.length ?? 0;
  if (icons.size === 0 || icons.size !== declared) {
    throw new Error(`react-icons/${pack}: ${icons.size} of ${declared} icons were understood`);
  }
  return icons;
}

/**
 * Writes `<pack>.txt` for every pack: lines of a name, a tab and the icon's data as JSON.
 * @param {{ out: string }} options
 * @returns {Promise<{ moduleIds: string[] }>}
 */
export async function writePacks({ out }) {
  await mkdir(out, { recursive: true });
  for (const pack of PACKS) {
    const lines = [...(await readPack(pack))].map(([name, data]) => `${name}\t${data}\n`);
    await writeFile(join(out, `${pack}.txt`), lines.join(""));
  }
  return { moduleIds: [join(HOME, "index.mjs")] };
}
