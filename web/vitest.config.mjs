import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: ["protocol", "runtime", "studio", "vendor"],
    passWithNoTests: true,
  },
});
