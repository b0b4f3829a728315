import { chromium, type Frame, type Page } from "@playwright/test";
import type { Arena, Sent, Tab } from "./tab.ts";

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
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--disable-component-update", "--disable-sync", "--no-first-run"],
    ignoreDefaultArgs: NOT_OURS,
    acceptDownloads: false,
    viewport: { width: 1280, height: 800 },
  });
  context.setDefaultTimeout(10_000);
  await context.addInitScript(observeLaunches);
  await context.addCookies([{ ...cookie, domain: "localhost", path: "/", httpOnly: true, sameSite: "Strict" }]);
  return {
    arena: { name: "chromium", newTab: async () => new ChromiumTab(await context.newPage()) },
    close: () => context.close(),
  };
}

/**
 * Keeps what the host page was told at each launch, so that a case knows the token that the frame
 * never sees. In the top page only.
 */
export function observeLaunches(): void {
  if (window !== window.top) return;
  const { fetch } = window;
  const launches: unknown[] = [];
  Object.defineProperty(window, "hostileLaunches", { value: launches });
  Object.defineProperty(window, "hostileDelay", { value: 0, writable: true });
  window.fetch = async (input, init) => {
    const path = String(input);
    const { hostileDelay } = window as unknown as { hostileDelay: number };
    if (path === "/api/sandbox/call" && hostileDelay > 0) {
      await new Promise((resolve) => setTimeout(resolve, hostileDelay));
    }
    const response = await fetch(input, init);
    if (path.endsWith("/launch")) launches.push(await response.clone().json());
    return response;
  };
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
    return await within(10_000, this.#page.evaluate(run as never, argument as never));
  }

  async inFrame<R, A>(run: Sent<A, R>, argument?: A): Promise<R> {
    const frame = this.#frame();
    if (frame === undefined) throw new Error("the app has no frame");
    return await within(10_000, frame.evaluate(run as never, argument as never));
  }

  hasFrame(): Promise<boolean> {
    return Promise.resolve(this.#frame() !== undefined);
  }

  async clickInFrame(selector: string): Promise<void> {
    // A negative control has its button in the page itself.
    await (this.#frame() ?? this.#page.mainFrame()).click(selector, { timeout: 10_000, noWaitAfter: true });
  }

  async click(selector: string): Promise<void> {
    await this.#page.click(selector, { timeout: 10_000, noWaitAfter: true });
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

  async back(): Promise<void> {
    await this.#page.goBack({ timeout: 10_000, waitUntil: "commit" });
  }

  dialogs(): number {
    return this.#dialogs;
  }

  downloads(): number {
    return this.#downloads;
  }

  async close(): Promise<void> {
    const pages = [...this.#popups, this.#page];
    await within(10_000, Promise.all(pages.map((page) => page.close()))).catch(() => {});
  }

  #frame(): Frame | undefined {
    const main = this.#page.mainFrame();
    return main.childFrames().find((frame) => /^http:\/\/[0-9a-f]{32}\.localhost:/.test(frame.url()));
  }
}

/** A page that hangs must not hang the suite. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
