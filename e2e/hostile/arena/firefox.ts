import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bidi, type Listener } from "./bidi.ts";
import { observeLaunches } from "./observe.ts";
import type { Arena, How, Sent, Tab } from "./tab.ts";
import { within } from "./within.ts";

/** Debian's Firefox. */
export const FIREFOX = "/usr/bin/firefox-esr";

/**
 * As a person has it, but for what would ask at the first start. What drives a browser turns off
 * much that is to be tested, such as connections ahead of time; that is kept.
 */
const PREFERENCES: Readonly<Record<string, unknown>> = {
  "remote.prefs.recommended": false,
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "datareporting.policy.dataSubmissionEnabled": false,
  "datareporting.policy.dataSubmissionPolicyBypassNotification": true,
  "termsofuse.bypassNotification": true,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "browser.download.alwaysOpenPanel": false,
  "dom.disable_open_during_load": false,
  // A person who agrees to send a form of `localhost`, which counts as secure, over plain HTTP: the
  // question would hold the negative controls back.
  "security.warn_submit_secure_to_insecure": false,
  // A camera that is there and a person who agrees: what is refused is refused by us.
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
};

/** Firefox, driven by WebDriver BiDi: Playwright's own protocol needs a Firefox of its own. */
export async function firefoxArena(
  profile: string,
  { origin, token }: { readonly origin: string; readonly token: string },
): Promise<{ arena: Arena; close(): Promise<void> }> {
  const lines = Object.entries({ ...PREFERENCES, "browser.download.dir": profile, "browser.download.folderList": 2 });
  const text = lines.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`).join("\n");
  await writeFile(join(profile, "user.js"), text);
  const child = spawn(FIREFOX, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
  });
  // Whatever becomes of the worker, and however far the start came, its browser ends with it.
  process.once("exit", () => child.kill("SIGKILL"));
  const bidi = await Bidi.connect(`${await listening(child)}/session`);
  await bidi.send("session.new", {
    capabilities: { alwaysMatch: { unhandledPromptBehavior: { default: "dismiss" } } },
  }, 30_000);
  await bidi.send("session.subscribe", {
    events: ["browsingContext.contextCreated", "browsingContext.userPromptOpened", "browsingContext.downloadWillBegin"],
  });
  await bidi.send("script.addPreloadScript", { functionDeclaration: String(observeLaunches) });
  const first = await FirefoxTab.open(bidi);
  await first.goto(`${origin}/?token=${token}`);
  await first.close();
  return {
    arena: { name: "firefox", newTab: () => FirefoxTab.open(bidi) },
    async close() {
      await bidi.send("browser.close", {}).catch(() => {});
      bidi.close();
      const ended = once(child, "exit");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      if (child.exitCode === null && child.signalCode === null) await ended;
      clearTimeout(timer);
    },
  };
}

async function listening(child: ChildProcess): Promise<string> {
  let printed = "";
  const url = new Promise<string>((resolve, reject) => {
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      printed = (printed + text).slice(-4_000);
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`Firefox ended with ${code} at its start: ${printed}`)));
    child.once("error", reject);
  });
  return await within(50_000, url);
}

interface Context {
  readonly context: string;
  readonly url: string;
  readonly children?: readonly Context[] | null;
}

class FirefoxTab implements Tab {
  readonly #bidi: Bidi;
  readonly #context: string;
  readonly #popups = new Map<string, string>();
  readonly #listener: Listener;
  #dialogs = 0;
  #downloads = 0;

  static async open(bidi: Bidi): Promise<Tab> {
    // A window of its own: a tab in the background has no size and takes no clicks.
    const { context } = await bidi.send("browsingContext.create", { type: "window" });
    return new FirefoxTab(bidi, context);
  }

  private constructor(bidi: Bidi, context: string) {
    this.#bidi = bidi;
    this.#context = context;
    this.#listener = (method, parameters) => {
      if (method === "browsingContext.contextCreated") {
        if (parameters.originalOpener === context) this.#popups.set(parameters.context, parameters.url);
      } else if (parameters.context === context && method === "browsingContext.userPromptOpened") {
        this.#dialogs += 1;
      } else if (method === "browsingContext.downloadWillBegin") {
        if (parameters.context === context) this.#downloads += 1;
        else void this.#isOurs(parameters.context).then((ours) => {
          if (ours) this.#downloads += 1;
        });
      }
    };
    bidi.listen(this.#listener);
  }

  async goto(url: string): Promise<void> {
    const parameters = { context: this.#context, url, wait: "complete" };
    await this.#bidi.send("browsingContext.navigate", parameters, 15_000).catch((error: unknown) => {
      if (!String(error).includes("Timeout")) throw error;
    });
  }

  async inPage<R, A>(run: Sent<A, R>, argument?: A): Promise<R> {
    return await this.#run(this.#context, run, argument);
  }

  async inFrame<R, A>(run: Sent<A, R>, argument?: A): Promise<R> {
    const frame = await this.#frame();
    if (frame === undefined) throw new Error("the app has no frame");
    return await this.#run(frame, run, argument);
  }

  async hasFrame(): Promise<boolean> {
    return (await this.#frame()) !== undefined;
  }

  async clickInFrame(selector: string, how: How = "plainly"): Promise<void> {
    await this.#click((await this.#frame()) ?? this.#context, selector, how);
  }

  async click(selector: string): Promise<void> {
    await this.#click(this.#context, selector);
  }

  async url(): Promise<string> {
    return (await this.#tree()).url;
  }

  popups(): Promise<string[]> {
    return Promise.resolve([...this.#popups.values()]);
  }

  async frames(): Promise<string[]> {
    const { children } = await this.#tree();
    return await Promise.all(
      (children ?? []).map(({ context }) => this.#run<string, undefined>(context, () => document.documentURI)),
    );
  }

  dialogs(): number {
    return this.#dialogs;
  }

  downloads(): number {
    return this.#downloads;
  }

  async close(): Promise<void> {
    this.#bidi.unlisten(this.#listener);
    for (const context of [...this.#popups.keys(), this.#context]) {
      await this.#bidi.send("browsingContext.close", { context }).catch(() => {});
    }
  }

  async #run<R, A>(context: string, run: Sent<A, R>, argument?: A): Promise<R> {
    const { result, exceptionDetails } = await this.#bidi.send("script.callFunction", {
      functionDeclaration: `async (json) => JSON.stringify(await (${run})(json === null ? undefined : JSON.parse(json)))`,
      arguments: [argument === undefined ? { type: "null" } : { type: "string", value: JSON.stringify(argument) }],
      awaitPromise: true,
      userActivation: true,
      target: { context },
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text);
    return result.type === "string" ? JSON.parse(result.value) : (undefined as R);
  }

  async #click(context: string, selector: string, how: How = "plainly"): Promise<void> {
    const end = Date.now() + 20_000;
    let element: { sharedId?: string } = {};
    while (element.sharedId === undefined) {
      if (Date.now() > end) throw new Error(`there is no \`${selector}\` to be clicked`);
      const { result } = await this.#bidi.send("script.evaluate", {
        expression: `document.querySelector(${JSON.stringify(selector)})`,
        awaitPromise: false,
        target: { context },
      });
      element = result;
    }
    const button = how === "with the middle button" ? 1 : 0;
    const actions = [
      { type: "pointerMove", x: 0, y: 0, origin: { type: "element", element: { sharedId: element.sharedId } } },
      { type: "pointerDown", button },
      { type: "pointerUp", button },
    ];
    // WebDriver's names of the keys.
    const key = { "with Ctrl": "\uE009", "with Shift": "\uE008" }[how as string];
    const wait = { type: "pause" };
    const keys = key === undefined ? [] : [{ type: "key", id: "keys", actions: [{ type: "keyDown", value: key }, wait, wait, wait, { type: "keyUp", value: key }] }];
    if (key !== undefined) actions.unshift({ type: "pause" } as never);
    const pointer = { type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions };
    // The answer may never come when the click makes the page go away; the click has happened.
    await this.#bidi.send("input.performActions", { context, actions: [...keys, pointer] }, 4_000).catch((error: unknown) => {
      if (!String(error).includes("Timeout")) throw error;
    });
  }

  async #tree(): Promise<Context> {
    const { contexts } = await this.#bidi.send("browsingContext.getTree", { root: this.#context });
    return contexts[0];
  }

  async #isOurs(context: string): Promise<boolean> {
    const inside = (tree: Context): boolean => tree.context === context || (tree.children ?? []).some(inside);
    return await this.#tree().then(inside, () => false);
  }

  async #frame(): Promise<string | undefined> {
    const { children } = await this.#tree();
    return children?.find(({ url }) => /^http:\/\/[0-9a-f]{32}\.localhost:/.test(url))?.context;
  }
}
