// Tailwind for the embedded engine: the compiler core as one script, and the style sheets that
// `@import "tailwindcss"` and `@import "tw-animate-css"` name, and those of our own set of components.
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { strictLog } from "../build/log.mjs";
import { WEB } from "../build/paths.mjs";

const require = createRequire(import.meta.url);

/**
 * Writes `compiler.js` and the style sheets into `out`.
 * @param {{ out: string }} options
 * @returns {Promise<{ moduleIds: string[] }>}
 */
export async function buildTailwind({ out }) {
  const tailwind = dirname(require.resolve("tailwindcss/package.json"));
  const { version } = JSON.parse(await readFile(join(tailwind, "package.json"), "utf8"));
  await mkdir(out, { recursive: true });

  const bundle = await rolldown({
    input: join(WEB, "vendor/src/tailwind.js"),
    platform: "neutral",
    resolve: { alias: { "tailwindcss-core": join(tailwind, "dist/lib.mjs") } },
    transform: { define: { __TAILWIND_VERSION__: JSON.stringify(version) } },
    onLog: strictLog,
  });
  const { output } = await bundle.write({
    file: join(out, "compiler.js"),
    format: "iife",
    minify: true,
    comments: false,
  });
  await bundle.close();

  for (const sheet of ["index", "theme", "preflight", "utilities"]) {
    await copyFile(join(tailwind, `${sheet}.css`), join(out, `${sheet}.css`));
  }
  await copyFile(join(WEB, "vendor/ui/theme.css"), join(out, "ui-theme.css"));
  await copyFile(join(WEB, "vendor/ui/dark-by-class.css"), join(out, "dark-by-class.css"));
  const animate = join(WEB, "node_modules/tw-animate-css/dist/tw-animate.css");
  await copyFile(animate, join(out, "tw-animate.css"));

  const moduleIds = output.flatMap((item) => (item.type === "chunk" ? item.moduleIds : []));
  return { moduleIds: [...moduleIds, animate] };
}
