// Tailwind's compiler core for an engine that has only ECMAScript: no modules, no console.
// Sets `globalThis.tailwind = { compile, version }`; `compile(css, { loadStylesheet })` resolves
// to `{ build(candidates) }`, as in the `tailwindcss` package.
import "./tailwind-globals.js";
import { compile } from "tailwindcss-core";

globalThis.tailwind = { compile, version: __TAILWIND_VERSION__ };
