import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { expect, test as base } from "@playwright/test";
import { type Cookie, chromiumArena } from "./arena/chromium.ts";
import { firefoxArena } from "./arena/firefox.ts";
import { Stage, type Target } from "./arena/stage.ts";
import type { Arena } from "./arena/tab.ts";
import { cases } from "./cases.ts";
import { browserOf } from "./report.ts";
import { Sinks } from "./sinks/client.ts";

type Setting = Target & { address: string; sinks: string; cookie: Cookie; folder: string };

const test = base.extend<{ stage: Stage }, { setting: Setting; arena: Arena }>({
  setting: [
    async ({}, use) => use(JSON.parse(process.env["HOSTILE_ARENA"] ?? "") as Setting),
    { scope: "worker" },
  ],
  arena: [
    async ({ setting }, use, { project }) => {
      const profile = await mkdtemp(join(setting.folder, `${browserOf(project.name)}-`));
      const browser =
        browserOf(project.name) === "firefox"
          ? await firefoxArena(profile, setting)
          : await chromiumArena(profile, setting.cookie);
      await use(browser.arena);
      await browser.close();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  stage: async ({ arena, setting }, use) => {
    const stage = new Stage(arena, setting, new Sinks(setting.sinks), setting.address);
    await use(stage);
    await stage.close();
  },
});

test("0 every case of the design is here once", { tag: "@once" }, () => {
  expect(cases.map(({ id }) => id)).toEqual(Array.from({ length: 106 }, (_, index) => index + 1));
});

/** Cases that no browser takes part in run with the first; those that use everything up run by themselves. */
const tags = (browserless: boolean, category: string) => [
  ...(browserless ? ["@once"] : []),
  ...(category === "exhaustion" ? ["@alone"] : []),
];

for (const { id, title, category, browserless = false, run } of cases) {
  test(`${id} ${title}`, { tag: tags(browserless, category) }, async ({ stage }, info) => {
    const findings = await run(stage);
    await info.attach("findings", { body: JSON.stringify({ id, title, category, browserless, findings }), contentType: "application/json" });
    expect(findings.length).toBeGreaterThan(0);
    const bad = findings.filter(({ outcome }) => outcome === "leaked" || outcome === "failed");
    expect(bad.map(({ vector, outcome, seen }) => `${vector}: ${outcome}: ${seen}`)).toEqual([]);
  });
}
