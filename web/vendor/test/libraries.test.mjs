import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockPrelude } from "../../build/lock.mjs";
import { buildLibraries } from "../libraries.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** @type {string} */
let out;
/** @type {string} */
let lock;
/** @type {{ hash: string, libraries: Record<string, any> }} */
let manifest;

beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), "cumulonimbus-lib-"));
  lock = await lockPrelude();
  await buildLibraries({ out, lock });
  manifest = JSON.parse(await readFile(join(out, "manifest.json"), "utf8"));
}, 60_000);

afterAll(() => rm(out, { recursive: true, force: true }));

test("every library names its exports", () => {
  for (const [name, library] of Object.entries(manifest.libraries)) {
    expect(library.exports.length, name).toBeGreaterThan(0);
  }
  expect(manifest.libraries.react.exports).toEqual(
    expect.arrayContaining(["default", "useState", "useEffect", "Fragment"]),
  );
  expect(manifest.libraries.cumulonimbus.exports.length).toBeGreaterThan(0);
});

test("every script begins with the lock", async () => {
  const scripts = (await readdir(out, { recursive: true })).filter((file) => file.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(1000);
  for (const file of scripts) {
    expect((await readFile(join(out, file), "utf8")).startsWith(lock), file).toBe(true);
  }
});

test("React is in one file only", async () => {
  const files = (await readdir(out)).filter((file) => file.endsWith(".js"));
  const holders = [];
  for (const file of files) {
    // The assignment of the internals object: the part of React that must not exist twice.
    const text = await readFile(join(out, file), "utf8");
    if (/\.__CLIENT_INTERNALS\w+=\w/.test(text)) holders.push(file);
  }
  expect(holders).toHaveLength(1);
});

test("the output does not depend on when it was built", async () => {
  const again = await mkdtemp(join(tmpdir(), "cumulonimbus-lib-"));
  try {
    expect((await buildLibraries({ out: again, lock })).hash).toBe(manifest.hash);
  } finally {
    await rm(again, { recursive: true, force: true });
  }
}, 60_000);

test("all libraries work together in a browser under the policy of an app's frame", async () => {
  const { page, problems, close } = await opened("page.js");
  try {
    const failed = new Promise((_, reject) => page.on("pageerror", reject));
    await Promise.race([page.waitForSelector("#chart path.recharts-line-curve"), failed]);
    await page.click("#press");
    expect(await page.textContent("#press")).toBe("1 clicks, 2 counted");
    expect(await page.textContent("#date")).toBe("29 February 2024");
    expect(await page.textContent("#clsx")).toBe("a b c");
    expect(await page.textContent("#portal")).toBe("portal");
    expect(await page.locator("svg.lucide-plus path").count()).toBe(2);
    expect(await page.locator("svg.lucide-rocket").count()).toBe(1);
    expect(await page.getAttribute("#card", "data-rfd-draggable-id")).toBe("card");
    const opacity = () =>
      page.locator("#motion").evaluate((element) => getComputedStyle(element).opacity);
    await expect.poll(opacity).toBe("1");
    expect(await page.evaluate("typeof RTCPeerConnection")).toBe("undefined");
    expect(problems).toEqual([]);
  } finally {
    await close();
  }
}, 60_000);

test("every library shows something in a browser", async () => {
  const { page, problems, close } = await opened("every.js");
  try {
    await page.waitForSelector("body[data-unused]", { timeout: 60_000 });
    expect(await page.getAttribute("body", "data-unused"), "libraries that nothing tries").toBe("");
    const empty = () =>
      page.evaluate(() => {
        /** @type {NodeListOf<HTMLElement>} */
        const boxes = document.querySelectorAll("section[data-library]");
        return [...boxes]
          .filter((box) => {
            const shown = box.innerText.trim() || box.querySelector("svg, canvas, img");
            return box.dataset.error || !shown;
          })
          .map((box) => `${box.dataset.library} ${box.dataset.error}`);
      });
    await expect.poll(empty, { timeout: 15_000 }).toEqual([]);
    expect(problems).toEqual([]);
  } finally {
    await close();
  }
}, 120_000);

test("a class of the set is one that Tailwind knows, and the set uses them", () => {
  const button = manifest.libraries["@/components/ui/button"];
  expect(button.classes).toContain("bg-primary");
  expect(button.classes).not.toContain("div");
  // What a component is made of counts for it.
  expect(manifest.libraries["@/components/ui/pagination"].classes).toEqual(
    expect.arrayContaining(button.classes),
  );
});

/**
 * Opens a page that runs a script of this folder.
 * @param {string} script
 */
async function opened(script) {
  const server = await serve(script);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  const page = await browser.newPage();
  /** @type {string[]} */
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(message.text());
  });
  await page.goto(server.url);
  const close = async () => {
    await browser.close();
    await server.close();
  };
  return { page, problems, close };
}

/**
 * Serves a page and the libraries as an app's frame gets them: no eval, no inline script.
 * @param {string} script a file of this folder
 */
async function serve(script) {
  const policy =
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data: blob:; worker-src blob:; connect-src 'self'";
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    response.setHeader("content-security-policy", policy);
    if (path === "/") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(
        '<!doctype html><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/page.js"></script>',
      );
      return;
    }
    const file = path.startsWith("/lib/")
      ? join(out, path.slice("/lib/".length))
      : join(import.meta.dirname, script);
    response.setHeader(
      "content-type",
      path.endsWith(".json") ? "application/json" : "text/javascript",
    );
    response.end(await readFile(file));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve(undefined))),
  };
}
