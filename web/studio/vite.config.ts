import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

export default defineConfig({
  plugins: [react(), tailwindcss(), themeBeforePaint()],
  // Absolute, since the same page is served at `/`, `/apps/…` and `/studio/…`.
  base: "/",
  build: {
    target: "es2022",
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});

/**
 * Emits `src/theme-boot.js` as a classic script of its own at the top of the page: it must run
 * before the first paint, and the page's policy allows no inline script.
 */
function themeBeforePaint(): Plugin {
  const source = new URL("./src/theme-boot.js", import.meta.url);
  let fileName = "";
  return {
    name: "theme-before-paint",
    apply: "build",
    async buildStart() {
      const code = await readFile(source, "utf8");
      const hash = createHash("sha256").update(code).digest("base64url").slice(0, 8);
      fileName = `assets/theme-${hash}.js`;
      this.emitFile({ type: "asset", fileName, source: code });
    },
    transformIndexHtml: () => [
      { tag: "script", attrs: { src: `/${fileName}` }, injectTo: "head-prepend" },
    ],
  };
}
