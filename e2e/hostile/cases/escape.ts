import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pause, until } from "../arena/stage.ts";
import type { Vector } from "../arena/vector.ts";
import type { Case } from "./case.ts";
import { check, frameState, works } from "./check.ts";

/** Runs in a frame: what reading something of another window comes to. */
function reach(name: string): string {
  const paths: Record<string, () => unknown> = {
    "parent.document": () => parent.document,
    "top.document": () => (top as Window).document,
    "parent.localStorage": () => parent.localStorage,
    "parent.location.href": () => parent.location.href,
    "parent.history": () => parent.history,
    "parent.frames[1].document": () => (parent.frames[1] as Window).document,
    "parent.frameElement": () => parent.frameElement,
  };
  try {
    return `read ${String(paths[name]?.())}`;
  } catch (error) {
    return (error as Error).name;
  }
}

const refused = async (run: Parameters<Case["run"]>[0], names: readonly string[]) => {
  const tab = await run.run("");
  const findings = [];
  for (const name of names) {
    const seen = await tab.inFrame(reach, name);
    findings.push(check(name, seen === "SecurityError", seen));
  }
  return findings;
};

const upward = (name: string, attack: Vector["attack"]): Vector => ({ name, alone: true, attack });

const topNavigations: readonly Vector[] = [
  upward("top.location", ({ http }) => {
    (top as Window).location.href = `${http}/?secret`;
  }),
  upward("parent.location.replace", ({ http }) => parent.location.replace(`${http}/?secret`)),
  upward("window.open into the tab", ({ http }) => {
    const { open } = Object.getPrototypeOf(window) as { open?: typeof window.open };
    (open ?? window.open).call(window, `${http}/?secret`, "_top");
    const link = document.createElement("a");
    link.href = `${http}/?secret`;
    link.target = "_parent";
    link.dispatchEvent(new MouseEvent("click", { bubbles: false, cancelable: true }));
  }),
];

const topLinks: readonly Vector[] = [
  upward("link into the whole tab", ({ http }) => {
    const link = document.createElement("a");
    link.href = `${http}/?secret`;
    link.target = "_top";
    // Beside the document, where the runtime does not hold it; the click itself is a person's.
    link.dispatchEvent(new MouseEvent("click", { bubbles: false, cancelable: true }));
  }),
];

/** A frame of a page that is not ours: what its document is. */
async function framed(stage: Parameters<Case["run"]>[0], id: number, url: string): Promise<string> {
  const tab = await stage.tab();
  const tag = stage.sinks.tag(id);
  const page = await stage.sinks.page(tag, `<!doctype html><title>evil</title><iframe src="${url}"></iframe>`);
  // One of the browsers calls it a failure of the page when a frame of it is refused.
  await tab.goto(page).catch(() => {});
  await pause(500);
  if ((await tab.url()) !== page) throw new Error("the page around the frame did not load");
  const documents = await tab.frames();
  await tab.close();
  return documents.join(" ");
}

/** Every source file of the product that could make a frame. */
function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return ["node_modules", "dist", "target"].includes(entry.name) ? [] : sources(path);
    return /\.(?:ts|tsx|js|html|rs)$/.test(entry.name) ? [path] : [];
  });
}

/** Cases 1 to 12. */
export const escapes: readonly Case[] = [
  {
    id: 1,
    title: "reading the page around the app",
    category: "escape",
    run: (stage) =>
      refused(stage, ["parent.document", "top.document", "parent.localStorage", "parent.location.href", "parent.history"]),
  },
  {
    id: 2,
    title: "frameElement",
    category: "escape",
    async run(stage) {
      const tab = await stage.run("");
      const seen = await tab.inFrame(() => String(window.frameElement));
      return [check("frameElement", seen === "null", seen), ...(await refused(stage, ["parent.frameElement"]))];
    },
  },
  {
    id: 3,
    title: "removing the sandbox attribute",
    category: "escape",
    async run(stage) {
      const tab = await stage.run("");
      const seen = await tab.inFrame(() => {
        try {
          parent.document.querySelector("iframe")?.removeAttribute("sandbox");
          return "removed";
        } catch (error) {
          return (error as Error).name;
        }
      });
      const { sandbox } = await tab.inPage(frameState);
      return [check("removeAttribute", seen === "SecurityError" && sandbox === "allow-scripts allow-forms", `${seen}; the attribute is \`${sandbox}\``)];
    },
  },
  { id: 4, title: "navigating the tab", category: "escape", run: (stage) => stage.exfiltrate(4, topNavigations) },
  { id: 5, title: "a clicked link into the tab", category: "escape", run: (stage) => stage.exfiltrate(5, topLinks) },
  {
    id: 6,
    title: "closing the tab",
    category: "escape",
    async run(stage) {
      const tab = await stage.run("");
      const address = await tab.url();
      await tab.inFrame(() => {
        (top as Window).close();
        parent.close();
      });
      await pause(500);
      const seen = await tab.url();
      return [check("top.close()", seen === address && (await works(tab)), `the tab shows ${new URL(seen).pathname} and the app works`)];
    },
  },
  {
    id: 7,
    title: "no frame has scripts and the page's origin",
    category: "escape",
    browserless: true,
    run() {
      const root = fileURLToPath(new URL("../../../", import.meta.url));
      const files = [join(root, "web"), join(root, "crates")].flatMap(sources);
      const found = files.filter((path) =>
        readFileSync(path, "utf8")
          .split("\n")
          .some((line) => line.includes("allow-same-origin") && !/^\s*(?:\/\/|\*|#)/.test(line) && !/not\.|!.*contains|assert/i.test(line)),
      );
      return Promise.resolve([
        check("source", files.length > 100 && found.length === 0, `${files.length} files: ${found.join(" ") || "none gives a frame its page's origin"}`),
      ]);
    },
  },
  {
    id: 8,
    title: "an app's address opened by itself",
    category: "escape",
    async run(stage) {
      const app = await stage.coded("document.title = 'it ran';");
      const launched = (await (await stage.api(`/api/apps/${app.appId}/launch`, {})).json()) as { url: string };
      const look = () => {
        let storage = "readable";
        try {
          void localStorage.length;
        } catch (error) {
          storage = (error as Error).name;
        }
        return { origin: window.origin, storage, children: document.querySelector("#root")?.childElementCount, title: document.title };
      };
      const tab = await stage.tab();
      await tab.goto(launched.url);
      await pause(1_000);
      const first = await tab.inPage(look);
      await tab.goto(launched.url);
      const text = await tab.inPage(() => document.body.innerText);
      return [
        check("origin", first.origin === "null" && first.storage === "SecurityError", first),
        check("no bridge, so the app does not start", first.children === 0 && first.title !== "it ran", first),
        check("a second time", text.includes("started from here already"), text),
      ];
    },
  },
  {
    id: 9,
    title: "an app in a frame of another page",
    category: "escape",
    async run(stage) {
      const app = await stage.coded("");
      const launched = (await (await stage.api(`/api/apps/${app.appId}/launch`, {})).json()) as { url: string };
      const control = await framed(stage, 9, await stage.sinks.page("v009control", "<p>x</p>"));
      const seen = await framed(stage, 9, launched.url);
      return [check("iframe", control.includes("v009control") && seen !== "" && !seen.startsWith("http"), `${seen}; the control: ${control}`)];
    },
  },
  {
    id: 10,
    title: "the host page in a frame",
    category: "escape",
    async run(stage) {
      const findings = [];
      for (const path of ["/", "/settings", "/api/session"]) {
        const seen = await framed(stage, 10, stage.target.origin + path);
        findings.push(check(path, seen !== "" && !seen.startsWith("http"), seen));
      }
      return findings;
    },
  },
  {
    id: 11,
    title: "reading a sibling frame",
    category: "escape",
    async run(stage) {
      const tab = await stage.run("");
      await tab.inPage(() => {
        const sibling = document.createElement("iframe");
        sibling.setAttribute("sandbox", "allow-scripts");
        document.body.append(sibling);
      });
      await until("there are two frames", () => tab.inFrame(() => parent.frames.length === 2));
      const seen = await tab.inFrame(reach, "parent.frames[1].document");
      return [check("parent.frames[1].document", seen === "SecurityError", seen)];
    },
  },
  {
    id: 12,
    title: "name and referrer",
    category: "escape",
    async run(stage) {
      const tab = await stage.run("");
      const seen = await tab.inFrame(() => ({ name: window.name, referrer: document.referrer, ancestors: [...(location.ancestorOrigins ?? [])] }));
      return [check("window.name and document.referrer", seen.name === "" && seen.referrer === "", seen)];
    },
  },
];
