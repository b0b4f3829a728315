// Builds everything that the program embeds: `node build.mjs`, or `npm run build`.
//
// The output folder is $CUMULONIMBUS_WEB_OUT, or `dist` here. It is emptied first.
//   studio/        the single-page application
//   runtime/       boot.js and lock.js, the first code in an app's frame
//   lib/           the libraries an app may import, and manifest.json
//   icons/         packs of icons, for the bundler alone
//   tailwind/      the style compiler for the embedded engine, and its style sheets
//   packages.json  what an exported project has to install
//   licenses.json  the licences of all of it
// Beside each text file lies its brotli form, `<file>.br`, where that is smaller.
import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { compressAll } from "./build/compress.mjs";
import { writeLicenses } from "./build/licenses.mjs";
import { lockPrelude } from "./build/lock.mjs";
import { writePackages } from "./build/packages.mjs";
import { WEB } from "./build/paths.mjs";
import { buildRuntime } from "./build/runtime.mjs";
import { buildStudio } from "./build/studio.mjs";
import { writePacks } from "./vendor/icon-packs.mjs";
import { buildLibraries } from "./vendor/libraries.mjs";
import { buildTailwind } from "./vendor/tailwind.mjs";

const out = resolve(process.env.CUMULONIMBUS_WEB_OUT ?? join(WEB, "dist"));
await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const lock = await lockPrelude();
const parts = [
  await timed("runtime", () => buildRuntime({ out: join(out, "runtime"), lock })),
  await timed("libraries", () => buildLibraries({ out: join(out, "lib"), lock })),
  await timed("icon packs", () => writePacks({ out: join(out, "icons") })),
  await timed("tailwind", () => buildTailwind({ out: join(out, "tailwind") })),
  await timed("studio", () => buildStudio({ out: join(out, "studio") })),
];
await writePackages({ file: join(out, "packages.json") });
await writeLicenses({
  file: join(out, "licenses.json"),
  moduleIds: parts.flatMap((part) => part.moduleIds),
});
const { raw, compressed } = await timed("compress", () => compressAll(out));
say(`${kilobytes(raw)} raw, ${kilobytes(compressed)} brotli`);

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function timed(name, work) {
  const start = performance.now();
  const result = await work();
  say(`${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return result;
}

/** @param {number} bytes */
function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}
