// What runs first inside an app's frame.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { writeLocked } from "./lock.mjs";
import { strictLog } from "./log.mjs";
import { WEB } from "./paths.mjs";

/**
 * Writes `boot.js`, `lock.js`, and what exported apps have instead of a host page, into `out`:
 * `standalone.js`, and `sdk.js`, which imports React and nothing else.
 * @param {{ out: string, lock: string }} options
 * @returns {Promise<{ moduleIds: string[] }>}
 */
export async function buildRuntime({ out, lock }) {
  const bundle = await rolldown({
    input: { boot: join(WEB, "runtime/src/boot.ts") },
    platform: "browser",
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
    plugins: [
      {
        name: "app-stays-outside",
        // The app is fetched from beside boot.js when the frame starts, and is not ours to bundle.
        resolveId: (id) => (id === "./app.js" ? { id, external: true } : undefined),
      },
    ],
    onLog: strictLog,
  });
  const { output } = await bundle.generate({
    format: "esm",
    minify: true,
    codeSplitting: false,
    comments: false,
  });
  await bundle.close();

  const [boot] = output;
  await mkdir(out, { recursive: true });
  await writeLocked(join(out, "boot.js"), lock, boot.code);
  await writeLocked(join(out, "lock.js"), lock, "\n");
  // Neither of these ever runs in a frame, so that they need no lock.
  const standalone = await script("standalone.ts", []);
  const sdk = await script("sdk/index.ts", ["react"]);
  await writeFile(join(out, "standalone.js"), standalone.code);
  await writeFile(join(out, "sdk.js"), sdk.code);
  return { moduleIds: [boot, standalone, sdk].flatMap((chunk) => chunk.moduleIds) };
}

/**
 * One script of the runtime as one module.
 * @param {string} name
 * @param {string[]} external
 */
async function script(name, external) {
  const bundle = await rolldown({
    input: join(WEB, "runtime/src", name),
    platform: "browser",
    external,
    onLog: strictLog,
  });
  const { output } = await bundle.generate({
    format: "esm",
    minify: true,
    codeSplitting: false,
    comments: false,
  });
  await bundle.close();
  return output[0];
}
