// One module per lucide icon.
//
// The whole of lucide-react is some 180 kB compressed and an app uses a dozen icons of it. With a
// name -> file map the bundler takes only those. The files are written from the icons' own data:
// sending two thousand entries through a bundler gains nothing over printing them.
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseSync } from "rolldown/utils";
import { writeLocked } from "../build/lock.mjs";
import { readPack } from "./icon-packs.mjs";

const require = createRequire(import.meta.url);

/**
 * Brands that lucide drew until version 1, and models still ask for. Feather's, which it grew from,
 * are of the same size and line.
 */
const BRANDS =
  "Chrome Codepen Codesandbox Dribbble Facebook Figma Framer Github Gitlab Instagram Linkedin Pocket Slack Trello Twitch Twitter Youtube".split(
    " ",
  );

/**
 * Writes `lucide/<icon>.js` for every icon. Each default-exports the component and imports only
 * the factory, one folder up.
 * @param {{ out: string, lock: string, factory: string }} options
 * @returns {Promise<{ names: Record<string, string>, digest: string }>} export name, aliases
 *   included -> file under `out`; and a digest of all that was written
 */
export async function writeIcons({ out, lock, factory }) {
  const esm = join(dirname(require.resolve("lucide-react/package.json")), "dist/esm");
  const names = await iconNames(join(esm, "lucide-react.mjs"));
  const files = new Set(Object.values(names));
  await mkdir(join(out, "lucide"), { recursive: true });

  const digest = createHash("sha256");
  /** @param {string} icon @param {unknown} data */
  const write = async (icon, data) => {
    const code = `import c from"../${factory}";export default c(${JSON.stringify(data)});`;
    digest.update(`${icon}\0${code}\0`);
    await writeLocked(join(out, "lucide", `${icon}.js`), lock, code);
  };
  for (const icon of files) {
    /** @type {{ __iconData: unknown }} */
    const { __iconData: data } = await import(
      pathToFileURL(join(esm, "icons", `${icon}.mjs`)).href
    );
    if (data === undefined) throw new Error(`lucide icon \`${icon}\` no longer carries its data`);
    await write(icon, data);
  }
  const feather = await readPack("fi");
  for (const brand of BRANDS) {
    if (names[brand] !== undefined) throw new Error(`lucide draws \`${brand}\` itself`);
    const name = `brand-${brand.toLowerCase()}`;
    await write(name, brandData(name, feather.get(`Fi${brand}`)));
    names[brand] = name;
    names[`${brand}Icon`] = name;
    names[`Lucide${brand}`] = name;
  }
  return {
    names: Object.fromEntries(
      Object.entries(names).map(([name, icon]) => [name, `lucide/${icon}.js`]),
    ),
    digest: digest.digest("hex"),
  };
}

/**
 * Reads which name stands for which icon from the package's own list of re-exports.
 * @param {string} index
 * @returns {Promise<Record<string, string>>} export name -> icon
 */
async function iconNames(index) {
  const { program } = parseSync("lucide-react.mjs", await readFile(index, "utf8"));
  /** @type {Record<string, string>} */
  const names = {};
  for (const statement of program.body) {
    if (statement.type !== "ExportNamedDeclaration" || !statement.source) continue;
    const from = statement.source.value;
    if (!from.startsWith("./icons/")) continue;
    for (const { exported } of statement.specifiers) {
      if (exported.type === "Identifier") names[exported.name] = basename(from, ".mjs");
    }
  }
  if (Object.keys(names).length === 0)
    throw new Error("lucide-react lists no icons where it used to");
  return names;
}

/**
 * An icon of Feather as lucide keeps its own.
 * @param {string} name
 * @param {string | undefined} data
 */
function brandData(name, data) {
  if (data === undefined) throw new Error(`Feather has no icon for \`${name}\``);
  /** @type {{ child: { tag: string, attr: Record<string, string> }[] }} */
  const { child } = JSON.parse(data);
  return {
    name,
    size: 24,
    node: child.map(({ tag, attr }, key) => [tag, { ...attr, key: `${key}` }]),
  };
}
