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

const require = createRequire(import.meta.url);

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
  for (const icon of files) {
    /** @type {{ __iconData: unknown }} */
    const { __iconData: data } = await import(
      pathToFileURL(join(esm, "icons", `${icon}.mjs`)).href
    );
    if (data === undefined) throw new Error(`lucide icon \`${icon}\` no longer carries its data`);
    const code = `import c from"../${factory}";export default c(${JSON.stringify(data)});`;
    digest.update(`${icon}\0${code}\0`);
    await writeLocked(join(out, "lucide", `${icon}.js`), lock, code);
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
