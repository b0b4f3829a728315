// Which names an app may import, and what each is built from.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { WEB } from "../build/paths.mjs";

const require = createRequire(import.meta.url);
const HERE = join(WEB, "vendor");

/**
 * One importable name.
 *
 * - `from`: the file or package it is built from, when it is not the package of that name.
 * - `commonjs`: gets a facade that spells out its export names, which a static import needs and
 *   CommonJS does not have.
 * - `source`: the text of the module. - `css`: a style sheet, which importing it puts into the page.
 * - `alias`: another entry that answers. - `kit`: its own source, for the classes that it uses.
 * @typedef {{
 *   from?: string, commonjs?: boolean, source?: string, css?: string, alias?: string, kit?: string,
 * }} Entry
 */

/** @param {string[]} names */
const plain = (names) => Object.fromEntries(names.map((name) => [name, {}]));

/**
 * @param {string} file a folder below `vendor`
 * @param {(stem: string) => string} name
 * @returns {Record<string, Entry>} an entry for every module of the folder
 */
function folder(file, name) {
  const modules = readdirSync(join(HERE, file)).filter((module) => /\.tsx?$/.test(module));
  return Object.fromEntries(
    modules.map((module) => {
      const path = join(HERE, file, module);
      return [name(module.replace(/\.tsx?$/, "")), { from: path, kit: path }];
    }),
  );
}

/** Every Radix primitive under its own name; `radix-ui` brings and pins them. */
function radix() {
  const { dependencies } = JSON.parse(
    readFileSync(require.resolve("radix-ui/package.json"), "utf8"),
  );
  return plain(
    Object.keys(dependencies).filter(
      (name) =>
        name.startsWith("@radix-ui/react-") &&
        !/react-(use-|compose|context$|primitive$)/.test(name),
    ),
  );
}

/**
 * @param {string[]} names functions of lodash that people import one by one
 * @returns {Record<string, Entry>}
 */
function lodash(names) {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`lodash/${name}`, { source: `import { ${name} } from "lodash"; export default ${name};` }],
      [`lodash-es/${name}`, { alias: `lodash/${name}` }],
      [`lodash.${name.toLowerCase()}`, { alias: `lodash/${name}` }],
    ]),
  );
}

/**
 * @param {string[]} names plugins of dayjs, which may be imported with and without `.js`
 * @returns {Record<string, Entry>}
 */
function dayjsPlugins(names) {
  return Object.fromEntries(
    names.flatMap((name) => [
      [`dayjs/plugin/${name}`, { commonjs: true, from: `dayjs/plugin/${name}.js` }],
      [`dayjs/plugin/${name}.js`, { alias: `dayjs/plugin/${name}` }],
    ]),
  );
}

/**
 * @param {string[]} paths modules below three's `examples/jsm`, which has two names
 * @returns {Record<string, Entry>}
 */
function threeAddons(paths) {
  return Object.fromEntries(
    paths.flatMap((path) => [
      [`three/addons/${path}.js`, {}],
      [`three/addons/${path}`, { alias: `three/addons/${path}.js` }],
      [`three/examples/jsm/${path}.js`, { alias: `three/addons/${path}.js` }],
      [`three/examples/jsm/${path}`, { alias: `three/addons/${path}.js` }],
    ]),
  );
}

/** @type {Record<string, Entry>} */
export const LIBRARIES = {
  // React, and what lies close to it.
  react: { commonjs: true },
  "react/jsx-runtime": { commonjs: true },
  // The production build of this module has no `jsxDEV`; code compiled for development must
  // still run, so it is answered by the production functions.
  "react/jsx-dev-runtime": {
    source: `import { Fragment, jsx, jsxs } from "react/jsx-runtime";
export { Fragment };
export const jsxDEV = (type, props, key, isStatic) => (isStatic ? jsxs : jsx)(type, props, key);`,
  },
  "react-dom": { commonjs: true },
  "react-dom/client": { commonjs: true },
  "react-is": { commonjs: true },
  ...plain(["react-router-dom", "react-hook-form", "@hookform/resolvers/zod"]),
  "react-router": { alias: "react-router-dom" },
  "@hookform/resolvers": { alias: "@hookform/resolvers/zod" },
  cumulonimbus: { from: join(WEB, "runtime/src/sdk/index.ts") },

  // The set of components, and what it stands on.
  ...folder("ui/components", (stem) => `@/components/ui/${stem}`),
  "@/components/ui": { from: join(HERE, "ui/all.ts"), kit: join(HERE, "ui/all.ts") },
  "@/lib/utils": { from: join(HERE, "ui/lib/utils.ts") },
  "@/hooks/use-mobile": { from: join(HERE, "ui/hooks/use-mobile.ts") },
  "@/hooks/use-toast": { from: join(HERE, "ui/hooks/use-toast.ts") },
  "@/components/ui/use-toast": { alias: "@/hooks/use-toast" },
  "@/components/ui/use-mobile": { alias: "@/hooks/use-mobile" },
  "radix-ui": {},
  ...radix(),
  ...plain(["cmdk", "vaul", "embla-carousel", "embla-carousel-react", "embla-carousel-autoplay"]),
  ...plain(["react-day-picker", "input-otp", "react-resizable-panels"]),
  ...plain(["class-variance-authority", "clsx", "tailwind-merge"]),
  classnames: { alias: "clsx" },
  "react-day-picker/style.css": { css: "react-day-picker/style.css" },
  "react-day-picker/dist/style.css": { alias: "react-day-picker/style.css" },

  // What is seen: icons, charts, motion, messages, text.
  "lucide-react": {},
  "react-icons/lib": {},
  "react-icons": { alias: "react-icons/lib" },
  ...plain(["recharts", "framer-motion", "chart.js", "chart.js/auto", "react-chartjs-2", "d3"]),
  "motion/react": { alias: "framer-motion" },
  motion: { alias: "framer-motion" },
  ...plain(["sonner", "react-hot-toast", "next-themes", "canvas-confetti"]),
  ...plain(["marked", "react-markdown", "remark-gfm"]),
  ...plain(["three", "@react-three/fiber", "@react-three/drei", "tone"]),
  ...threeAddons([
    "controls/OrbitControls",
    "controls/PointerLockControls",
    "controls/TransformControls",
    "renderers/CSS2DRenderer",
    "postprocessing/EffectComposer",
    "postprocessing/RenderPass",
    "postprocessing/UnrealBloomPass",
    "geometries/RoundedBoxGeometry",
    "utils/BufferGeometryUtils",
  ]),

  // Dragging.
  "@hello-pangea/dnd": {},
  // The maintained fork answers for the package that it replaced.
  "react-beautiful-dnd": { alias: "@hello-pangea/dnd" },
  ...plain(["@dnd-kit/core", "@dnd-kit/sortable", "@dnd-kit/utilities", "@dnd-kit/modifiers"]),

  // State and data.
  ...plain(["zustand", "zustand/middleware", "zustand/shallow", "zustand/middleware/immer"]),
  "zustand/react/shallow": { alias: "zustand/shallow" },
  ...plain([
    "jotai",
    "jotai/utils",
    "immer",
    "zod",
    "@tanstack/react-query",
    "@tanstack/react-table",
  ]),
  "zod/v3": { alias: "zod" },
  "zod/v4": {},
  ...plain(["nanoid", "uuid"]),
  papaparse: { commonjs: true },
  mathjs: {},

  // Dates and helpers.
  ...plain(["date-fns", "date-fns/locale"]),
  dayjs: { commonjs: true },
  ...dayjsPlugins(
    "advancedFormat calendar customParseFormat dayOfYear duration isBetween isSameOrAfter isSameOrBefore isToday isTomorrow isYesterday isoWeek localeData localizedFormat minMax quarterOfYear relativeTime timezone updateLocale utc weekOfYear weekday".split(
      " ",
    ),
  ),
  lodash: { commonjs: true },
  "lodash-es": { alias: "lodash" },
  ...lodash(
    "camelCase capitalize chunk clamp cloneDeep countBy debounce difference get groupBy intersection isEmpty isEqual kebabCase keyBy mapValues max maxBy mean meanBy memoize merge min minBy omit orderBy partition pick random range sample set shuffle sortBy startCase sum sumBy throttle times union uniq uniqBy zip".split(
      " ",
    ),
  ),

  // What belongs to another kind of program, in the form that makes sense in a page.
  ...folder("next", (stem) => `next/${stem.replace("font-", "font/")}`),
  "next/legacy/image": { alias: "next/image" },
  "@next/font/google": { alias: "next/font/google" },
  ...Object.fromEntries(
    ["crypto", "events", "path"].flatMap((name) => [
      [name, { from: join(HERE, `node/${name}.ts`) }],
      [`node:${name}`, { alias: name }],
    ]),
  ),
};
