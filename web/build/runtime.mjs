// What runs first inside an app's frame.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { writeLocked } from "./lock.mjs";
import { strictLog } from "./log.mjs";
import { WEB } from "./paths.mjs";

/**
 * Writes `boot.js` and `lock.js` into `out`.
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
  return { moduleIds: boot.moduleIds };
}
