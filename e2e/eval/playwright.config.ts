import { defineConfig } from "@playwright/test";
import shared from "../playwright.config.ts";

/** Runs what `cargo xtask eval` asks for. One at a time: a model, a build and a browser share this machine. */
export default defineConfig({
  ...shared,
  testDir: ".",
  testMatch: "eval.spec.ts",
  outputDir: "../test-results/eval",
  fullyParallel: false,
  workers: 1,
  use: { ...shared.use, trace: "off", screenshot: "off" },
});
