import { pause, type Stage, until } from "../arena/stage.ts";
import type { Tab } from "../arena/tab.ts";
import type { Finding } from "../arena/vector.ts";
import type { Case } from "./case.ts";
import { attempt, check, frameState, longestGap, measureGaps, removed, within, works } from "./check.ts";

/**
 * The longest that others may be held up by an app that keeps the whole machine busy, in milliseconds:
 * then it is the machine's to share itself out. Of an app that keeps one core busy, nobody may feel much.
 */
const BUSY = 1_500;

/** An app that does `code` when its button is pressed. */
const onGo = (code: string) => `
document.addEventListener("click", (event) => {
  if (event.target.id === "go") setTimeout(async () => { ${code} }, 50);
});
`;

/** The host page's own button that starts the app afresh. */
const RELOAD = "header button[aria-label]";
/** Its own link to the list of apps. */
const LEAVE = 'header a[href="/"]';

/** The app can be started afresh, and works. */
async function startsAfresh(tab: Tab): Promise<Finding> {
  const started = Date.now();
  await tab.click(RELOAD);
  const fresh = async () => {
    const { state, sandbox } = await tab.inPage(frameState);
    return state === "ready" && sandbox === "allow-scripts allow-forms" && (await works(tab));
  };
  const late = await until("the app starts afresh", fresh, 25_000).then(() => "", String);
  const took = Date.now() - started;
  return late === "" ? within("Reload", took, 25_000, "it runs again after") : check("Reload", false, late);
}

/** The page around the app can be left, at once. */
async function leaves(tab: Tab): Promise<Finding> {
  const started = Date.now();
  await tab.click(LEAVE);
  const left = async () => new URL(await tab.url()).pathname === "/" && (await tab.inPage(frameState)).count === 0;
  await until("the list of apps is there", left, 15_000);
  return within("leaving", Date.now() - started, 15_000, "the list of apps is there, and no frame, after");
}

/** How long it takes from the click that started it until the host page says that the app hangs. */
async function isNamed(tab: Tab, started: number): Promise<Finding> {
  const says = async () => (await tab.inPage(frameState)).error.includes("endless loop");
  const late = await until("the host page names the loop", says, 30_000).then(() => "", String);
  const took = Date.now() - started;
  return late === "" ? within("the word for it", took, 30_000, "the page says that it does not respond, after") : check("the word for it", false, late);
}

/** What an app does to its host page and to another app for some seconds, and while `meanwhile` goes on. */
async function endure(
  stage: Stage,
  code: string,
  seconds: number,
  most: number,
  meanwhile?: (tab: Tab, started: number) => Promise<Finding>,
): Promise<{ tab: Tab; findings: Finding[] }> {
  const sibling = await stage.run("");
  const tab = await stage.run(onGo(code));
  await measureGaps(tab);
  await measureGaps(sibling);
  await measureGaps(sibling, "app");
  const started = Date.now();
  await tab.clickInFrame("#go");
  const [seen] = await Promise.all([meanwhile?.(tab, started), pause(seconds * 1_000)]);
  const [host, beside, other] = [await longestGap(tab), await longestGap(sibling), await longestGap(sibling, "app")];
  const beats = await works(sibling);
  return {
    tab,
    findings: [
      within("host page", host, most, "held up at most"),
      within("another app's page", beside, most, "held up at most"),
      within("another app", other, most, "held up at most"),
      check("another app's calls", beats, beats ? "are answered" : "are not answered"),
      ...(seen === undefined ? [] : [seen]),
    ],
  };
}

const DIALOGS = `
  window.onbeforeunload = (event) => { event.preventDefault(); return "stay"; };
  const names = ["alert", "confirm", "prompt", "print"];
  for (let n = 0; n < 5; n++) for (const name of names) { try { window[name]("hostile"); } catch {} }
  // What the runtime has put in their place may be deleted, and the browser's own be below.
  for (const name of names) {
    try { delete window[name]; } catch {}
    try { (window[name] ?? Object.getPrototypeOf(window)[name])?.call(window, "hostile"); } catch {}
  }
  window.done = true;
`;

/** What sizes an app can ask for. */
async function resized(stage: Stage): Promise<Finding> {
  const tab = await stage.run("");
  const answers = [];
  for (const height of [1e9, -1, 0, 1e308]) answers.push(await tab.inFrame(attempt, { method: "ui.resize", params: { height } }));
  const seen = await tab.inPage(() => {
    const { top, bottom, height } = (document.querySelector("iframe") as Element).getBoundingClientRect();
    const { bottom: header } = (document.querySelector("header") as Element).getBoundingClientRect();
    return { height, below: top >= header, inside: bottom <= innerHeight + 1 };
  });
  return check("ui.resize", seen.below && seen.inside && seen.height > 0, `${JSON.stringify(seen)}: ${answers.join(", ")}`);
}

/** How many steps back through the history it takes to leave an app that filled it. */
async function goesBack(stage: Stage, code: string): Promise<Finding> {
  const { appId } = await stage.coded(onGo(code));
  const tab = await stage.tab();
  await tab.goto(`${stage.target.origin}/`);
  await tab.goto(`${stage.target.origin}/apps/${appId}`);
  await until("the app is there", () => works(tab));
  const before = await tab.inPage(() => history.length);
  await tab.clickInFrame("#go");
  await until("the history is full", () => tab.inFrame(() => (window as any).done === true));
  const added = (await tab.inPage(() => history.length)) - before;
  let presses = 0;
  const left = async () => new URL(await tab.url()).pathname === "/";
  while (presses < 60 && !(await left())) {
    presses++;
    await tab.inPage(() => history.back()).catch(() => {});
    await pause(150);
  }
  if (await left()) return check("Back", true, `${added} entries were added; the page is left after ${presses}`);
  // What a browser's own button skips, no script can see: SECURITY.md says what this comes to.
  const known = stage.arena.name === "chromium" && added > 0;
  return { vector: "Back", outcome: known ? "possible, as known" : "failed", seen: `${added} entries were added; after ${presses} steps back the page is still there` };
}

/** Cases 78 to 87. */
export const exhaustions: readonly Case[] = [
  {
    id: 78,
    title: "an endless loop",
    category: "exhaustion",
    async run(stage) {
      const { tab, findings } = await endure(stage, "for (;;);", 3, 500, isNamed);
      const afresh = await startsAfresh(tab);
      await tab.clickInFrame("#go");
      await pause(500);
      return [...findings, afresh, await leaves(tab)];
    },
  },
  {
    id: 79,
    title: "one app twice, hanging once",
    category: "exhaustion",
    async run(stage) {
      const app = await stage.coded(onGo("for (;;);"));
      const [first, second, other] = [await stage.open(app), await stage.open(app), await stage.run("")];
      for (const tab of [first, second, other]) await measureGaps(tab);
      await measureGaps(other, "app");
      await first.clickInFrame("#go");
      await pause(2_000);
      return [
        within("host page", await longestGap(first), 500, "held up at most"),
        within("host page of the same app", await longestGap(second), 500, "held up at most"),
        within("another app's page", await longestGap(other), 500, "held up at most"),
        within("another app", await longestGap(other, "app"), 500, "held up at most"),
        check("another app's calls", await works(other), "are answered"),
      ];
    },
  },
  {
    id: 80,
    title: "a heap that grows",
    category: "exhaustion",
    async run(stage) {
      // To the heap's own limit, or 3 GiB, or 6 s.
      const code = `
        const kept = [];
        const end = Date.now() + 6000;
        while (kept.length < 384 && Date.now() < end) kept.push(new Array(1024 * 1024).fill(Math.random()));
        window.kept = kept;`;
      const { tab, findings } = await endure(stage, code, 6, BUSY);
      return [...findings, await startsAfresh(tab)];
    },
  },
  {
    id: 81,
    title: "200 busy workers",
    category: "exhaustion",
    async run(stage) {
      const code = `
        const url = URL.createObjectURL(new Blob(["const end = Date.now() + 5000; while (Date.now() < end);"]));
        window.kept = Array.from({ length: 200 }, () => new Worker(url));`;
      const { tab, findings } = await endure(stage, code, 3, BUSY);
      return [...findings, await startsAfresh(tab)];
    },
  },
  {
    id: 82,
    title: "a document without end",
    category: "exhaustion",
    async run(stage) {
      const code = `
        const end = Date.now() + 5000;
        while (Date.now() < end) {
          const part = document.createElement("div");
          part.innerHTML = "<b style='float:left;filter:blur(9px)'>x</b>".repeat(2000);
          document.body.append(part);
          void document.body.offsetHeight;
        }`;
      const { tab, findings } = await endure(stage, code, 4, BUSY);
      return [...findings, await startsAfresh(tab)];
    },
  },
  {
    id: 83,
    title: "dialogs without end",
    category: "exhaustion",
    async run(stage) {
      const { tab, findings } = await endure(stage, DIALOGS, 1, 500);
      const control = await stage.control(onGo(DIALOGS));
      await control.clickInFrame("#go");
      await until("the control shows dialogs", () => Promise.resolve(control.dialogs() > 0), 5_000).catch(() => {});
      const done = await tab.inFrame(() => (window as any).done === true).catch(() => false);
      return [...findings, check("dialogs of the browser", done && tab.dialogs() === 0 && control.dialogs() > 0, `${tab.dialogs()} shown; ${control.dialogs()} by the control`), await startsAfresh(tab)];
    },
  },
  {
    id: 84,
    title: "a history full of nothing",
    category: "exhaustion",
    async run(stage) {
      const code = `
        for (let n = 0; n < 300; n++) {
          try { history.pushState({ n }, "", "#" + n); } catch {} try { location.hash = "h" + n; } catch {}
          // Browsers make one entry of what comes in one turn.
          if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 10));
        }
        window.done = true;`;
      const { tab, findings } = await endure(stage, code, 2, BUSY);
      return [...findings, await goesBack(stage, code), await leaves(tab)];
    },
  },
  {
    id: 85,
    title: "sizes without end",
    category: "exhaustion",
    async run(stage) {
      const code = `
        for (let n = 0; n < 100; n++) { try { window.resizeTo(9999, 9999); window.moveTo(0, 0); window.scrollTo(0, 1e9); } catch {} }
        document.body.style.cssText = "position:fixed;inset:-9999px;width:99999px;height:99999px;z-index:2147483647";`;
      const { tab, findings } = await endure(stage, code, 1, 500);
      const seen = await tab.inPage(() => {
        const { bottom } = (document.querySelector("header") as Element).getBoundingClientRect();
        const frame = (document.querySelector("iframe") as Element).getBoundingClientRect();
        return { header: bottom, top: frame.top, inside: frame.bottom <= innerHeight && frame.right <= innerWidth, scrolls: document.documentElement.scrollHeight > innerHeight };
      });
      return [...findings, check("the frame", seen.top >= seen.header && seen.inside && !seen.scrolls, seen), await resized(stage)];
    },
  },
  {
    id: 86,
    title: "an app that reloads itself",
    category: "exhaustion",
    async run(stage) {
      const app = await stage.coded("if (!location.hash) setTimeout(() => location.reload(), 300);");
      const tab = await stage.tab();
      await tab.goto(`${stage.target.origin}/apps/${app.appId}`);
      const error = await removed(tab);
      await pause(3_000);
      const after = await tab.inPage(frameState);
      const count = await tab.inPage(() => ((window as any).hostileLaunches as unknown[]).length);
      return [check("after the first time", error.includes("reloaded itself") && after.sandbox === "" && count === 1, `${error} (${count} launch)`)];
    },
  },
  {
    id: 87,
    title: "frames within frames",
    category: "exhaustion",
    async run(stage) {
      const code = `
        const nest = (depth) => depth === 0 ? "x" : '<iframe srcdoc="' + nest(depth - 1).replaceAll("&", "&amp;").replaceAll('"', "&quot;") + '"></iframe>'.repeat(1);
        for (let n = 0; n < 400; n++) {
          const frame = document.createElement("iframe");
          frame.srcdoc = nest(4) + "<script>for (;;) document.body.append(document.createElement('iframe'))</" + "script>";
          document.body.append(frame);
        }`;
      const { tab, findings } = await endure(stage, code, 3, BUSY);
      return [...findings, await startsAfresh(tab)];
    },
  },
];
