import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import { FIREFOX } from "./arena/firefox.ts";

/** The hostile suite. It is started by `./run`, which gives it a network of its own. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../test-results/hostile",
  globalSetup: "./setup.ts",
  reporter: [["./report.ts"]],
  // A case that fails once has found something.
  retries: 0,
  forbidOnly: true,
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  projects: [{ name: "chromium" }, ...(existsSync(FIREFOX) ? [{ name: "firefox", grepInvert: /@once/ }] : [])],
});
