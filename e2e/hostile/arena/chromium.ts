import { type BrowserContext, chromium, type Frame, type Page } from "@playwright/test";
import { observeLaunches } from "./observe.ts";
import type { Arena, How, Sent, Tab } from "./tab.ts";
import { within } from "./within.ts";

/** Debian's Chromium, unless another is named. */
export const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/** A cookie of the signed-in owner. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
}

/**
 * What Playwright turns off and a person's browser has on: without it, no name is resolved and no
 * connection opened ahead of time, so that nothing could leak by that.
 */
const NOT_OURS = ["--disable-background-networking"];

/**
 * Chromium, driven by Playwright, with a profile in a folder as a person has it: a private window
 * leaves out some of the ways that are to be tested.
 */
export async function chromiumArena(
  profile: string,
  cookie: Cookie,
): Promise<{ arena: Arena; close(): Promise<void> }> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: [
      "--disable-component-update",
      "--disable-sync",
      "--no-first-run",
      // A camera that is there and a person who agrees to everything: what is refused is refused by us.
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
    ],
    ignoreDefaultArgs: NOT_OURS,
    acceptDownloads: false,
    viewport: { width: 1280, height: 800 },
  });
  context.setDefaultTimeout(20_000);
  await context.addInitScript(observeLaunches);
  await context.addCookies([{ ...cookie, domain: "localhost", path: "/", httpOnly: true, sameSite: "Strict" }]);
  return {
    arena: { name: "chromium", newTab: async () => new ChromiumTab(await newWindow(context)) },
    close: () => context.close(),
  };
}

/** A window of its own: a tab in the background does less ahead of time, and gets fewer clicks. */
async function newWindow(context: BrowserContext): Promise<Page> {
  const [first] = context.pages();
  const session = await context.newCDPSession(first as Page);
  const url = `about:blank#${crypto.randomUUID()}`;
  const opened = context.waitForEvent("page", { predicate: (page) => page.url() === url });
  await session.send("Target.createTarget", { url, newWindow: true });
  await session.detach();
  return await opened;
}

class ChromiumTab implements Tab {
  readonly #page: Page;
  readonly #popups: Page[] = [];
  #dialogs = 0;
  #downloads = 0;

  constructor(page: Page) {
    this.#page = page;
    page.on("popup", (opened) => this.#popups.push(opened));
    page.on("dialog", (dialog) => {
      this.#dialogs += 1;
      dialog.dismiss().catch(() => {});
    });
    page.on("download", () => {
      this.#downloads += 1;
    });
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url, { timeout: 15_000 }).catch((error: unknown) => {
      if (!String(error).includes("Timeout")) throw error;
    });
  }

  async inPage<R, A>(run: Sent<A, R>, argument?: A): Promise<R> {
    return await within(20_000, this.#page.evaluate(run as never, argument as never));
  }

  async inFrame<R, A>(run: Sent<A, R>, argument?: A): Promise<R> {
    const frame = this.#frame();
    if (frame === undefined) throw new Error("the app has no frame");
    return await within(20_000, frame.evaluate(run as never, argument as never));
  }

  hasFrame(): Promise<boolean> {
    return Promise.resolve(this.#frame() !== undefined);
  }

  async clickInFrame(selector: string, how: How = "plainly"): Promise<void> {
    // A negative control has its button in the page itself.
    await (this.#frame() ?? this.#page.mainFrame()).click(selector, {
      timeout: 20_000,
      noWaitAfter: true,
      ...(how === "with Ctrl" && { modifiers: ["Control"] }),
      ...(how === "with Shift" && { modifiers: ["Shift"] }),
      ...(how === "with the middle button" && { button: "middle" }),
    });
  }

  async click(selector: string): Promise<void> {
    await this.#page.click(selector, { timeout: 20_000, noWaitAfter: true });
  }

  url(): Promise<string> {
    return Promise.resolve(this.#page.url());
  }

  popups(): Promise<string[]> {
    return Promise.resolve(this.#popups.map((popup) => popup.url()));
  }

  async frames(): Promise<string[]> {
    const frames = this.#page.mainFrame().childFrames();
    return await Promise.all(frames.map((frame) => within(5_000, frame.evaluate(() => document.documentURI))));
  }

  dialogs(): number {
    return this.#dialogs;
  }

  downloads(): number {
    return this.#downloads;
  }

  async close(): Promise<void> {
    const pages = [...this.#popups, this.#page];
    await within(20_000, Promise.all(pages.map((page) => page.close()))).catch(() => {});
  }

  #frame(): Frame | undefined {
    const main = this.#page.mainFrame();
    return main.childFrames().find((frame) => /^http:\/\/[0-9a-f]{32}\.localhost:/.test(frame.url()));
  }
}
