import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import { FIREFOX } from "./arena/firefox.ts";

/** The cases that measure how long something is held up: beside others they would measure those too. */
const ALONE = /@alone/;
const browsers = ["chromium", ...(existsSync(FIREFOX) ? ["firefox"] : [])];
const leftOut = (browser: string) => (browser === "firefox" ? [/@once/] : []);

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
  // First all the others, two at a time; then those, one at a time and one browser after the other.
  projects: [
    ...browsers.map((browser) => ({ name: browser, grepInvert: [ALONE, ...leftOut(browser)] })),
    ...browsers.map((browser, at) => ({
      name: `${browser} alone`,
      grep: ALONE,
      grepInvert: leftOut(browser),
      workers: 1,
      dependencies: [browser, ...browsers.slice(at + 1), ...browsers.slice(0, at).map((other) => `${other} alone`)],
    })),
  ],
});
