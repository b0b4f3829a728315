import { pause, until } from "../arena/stage.ts";
import type { Tab } from "../arena/tab.ts";
import type { Case } from "./case.ts";
import { attempt, check, frameState, launches, longestGap, measureGaps, tornDown, works } from "./check.ts";
import { answers, type Grabbed, GRAB, grabbed } from "./grab.ts";

/** Waits for an answer of the host page that contains `text`. */
async function answered(tab: Tab, vector: string, text: string) {
  const found = async () => (await answers(tab)).find((answer) => answer.includes(text));
  await until("the host page answers", async () => (await found()) !== undefined, 5_000).catch(() => {});
  const seen = await found();
  return check(vector, seen !== undefined && (await works(tab)), seen ?? `no answer with \`${text}\`: ${(await answers(tab)).slice(-2).join(" ")}`);
}

/** Cases 52 and 54 to 66, 68, 69. */
export const bridges: readonly Case[] = [
  {
    id: 52,
    title: "calls by window.postMessage",
    category: "bridge",
    async run(stage) {
      const app = await stage.coded(GRAB);
      const tab = await stage.open(app);
      await tab.inFrame(() => {
        const call = { jsonrpc: "2.0", id: 1, method: "storage.set", params: { key: "evil", value: "1" } };
        parent.postMessage(call, "*");
        parent.postMessage(JSON.stringify(call), "*");
        parent.postMessage({ seq: 1, mac: "0".repeat(64), body: call }, "*");
      });
      await pause(500);
      const launched = (await (await stage.api(`/api/apps/${app.appId}/launch`, {})).json()) as { storage: unknown };
      const stored = JSON.stringify(launched.storage);
      return [check("a call without the port", stored === '{"local":{}}' && (await works(tab)), `stored: ${stored}; the app goes on`)];
    },
  },
  {
    id: 54,
    title: "a second hello",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inFrame((host: string) => {
        const launch = new URLSearchParams(location.search).get("launch");
        parent.postMessage({ hello: "cumulonimbus", v: 1, launch }, host, [new MessageChannel().port2]);
      }, stage.target.origin);
      return [await tornDown(tab, "hello", "a second time")];
    },
  },
  {
    id: 55,
    title: "the old port after a reload",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      const [launch] = await launches(tab);
      await tab.inFrame(() => setTimeout(() => location.reload()));
      const torn = await tornDown(tab, "reload", "reloaded itself");
      let status = 0;
      // The host page revokes the launch once its calls are answered.
      await until("the launch is over", async () => {
        const response = await fetch(`${stage.target.origin}/api/sandbox/call`, {
          method: "POST",
          headers: { authorization: `Bearer ${launch?.token}`, "content-type": "application/json" },
          body: JSON.stringify({ method: "data.list", params: { collection: "x" } }),
        });
        status = response.status;
        return status === 401;
      }, 5_000).catch(() => {});
      return [torn, check("the launch's token", status === 401, `status ${status}`)];
    },
  },
  {
    id: 56,
    title: "a wrong signature",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inFrame(() => {
        const { raw, sent } = (window as any).hostile as Grabbed;
        const seq = Number(/"seq":(\d+)/.exec(sent.at(-1) ?? "")?.[1]) + 1;
        raw(`{"seq":${seq},"mac":"${"0".repeat(64)}","body":{"jsonrpc":"2.0","id":9,"method":"storage.clear","params":{}}}`);
      });
      return [await tornDown(tab, "mac", "not signed as agreed")];
    },
  },
  {
    id: 57,
    title: "a message sent twice",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inFrame(() => {
        const { raw, sent } = (window as any).hostile as Grabbed;
        raw(sent.at(-1));
      });
      return [await tornDown(tab, "replay", "out of order")];
    },
  },
  {
    id: 58,
    title: "a message left out",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inFrame(() => {
        const { link } = (window as any).hostile as Grabbed;
        ((window as any).hostile as Grabbed).drop = 1;
        void link.call("data.list", { collection: "x" });
        void link.call("data.list", { collection: "x" });
      });
      return [await tornDown(tab, "gap", "out of order")];
    },
  },
  {
    id: 59,
    title: "methods that objects have anyway",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      const findings = [];
      for (const method of ["constructor", "__proto__", "toString", "hasOwnProperty", "data.constructor", "data.list ", "DATA.LIST"]) {
        const seen = await tab.inFrame(attempt, { method, params: {} });
        findings.push(check(method, seen.startsWith("refused unknown-method"), seen));
      }
      return [...findings, check("the app goes on", await works(tab), "its calls are answered")];
    },
  },
  {
    id: 60,
    title: "params that reach for prototypes",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      const bodies = [
        '{"jsonrpc":"2.0","id":900,"method":"data.create","params":{"collection":"p","data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}}',
        '{"jsonrpc":"2.0","id":901,"method":"data.list","params":{"__proto__":{"collection":"p","polluted":1}}}',
        '{"jsonrpc":"2.0","id":902,"__proto__":{"polluted":1},"method":"app.state","params":{"constructor":{"prototype":{"polluted":1}}}}',
        '{"jsonrpc":"2.0","method":"console","params":{"level":"log","text":"x","__proto__":{"polluted":1}}}',
      ];
      const findings = [];
      for (const body of bodies) {
        await tab.inFrame((text: string) => void ((window as any).hostile as Grabbed).signed(text), body);
        await pause(100);
        const polluted = await tab.inPage(() => ({ object: String(({} as any).polluted), array: String(([] as any).polluted) }));
        findings.push(check(body.slice(23, 60), polluted.object === "undefined" && polluted.array === "undefined", polluted));
      }
      const listed = await tab.inFrame(attempt, { method: "data.list", params: { collection: "p" } });
      return [...findings, check("the server", listed.startsWith("result") && (await stage.api("/healthz")).ok, listed)];
    },
  },
  {
    id: 61,
    title: "a text of 50 MB",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await measureGaps(tab);
      await tab.inFrame(() => ((window as any).hostile as Grabbed).raw("x".repeat(50_000_000)));
      return [await answered(tab, "50 MB", "-32003"), check("host page", (await longestGap(tab)) < 1_500, `held up ${await longestGap(tab)} ms`)];
    },
  },
  {
    id: 62,
    title: "JSON nested 100,000 deep",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inFrame(() => {
        const deep = "[".repeat(100_000) + "]".repeat(100_000);
        void ((window as any).hostile as Grabbed).signed(`{"jsonrpc":"2.0","id":900,"method":"data.list","params":{"x":${deep}}}`);
      });
      return [await answered(tab, "100,000 deep", "-32003")];
    },
  },
  {
    id: 63,
    title: "messages that are no text",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inFrame(() => {
        const { raw } = (window as any).hostile as Grabbed;
        const cyclic: Record<string, unknown> = {};
        cyclic["self"] = cyclic;
        for (const message of [new Blob(["x"]), new ArrayBuffer(8), cyclic, null, 1n, new Map([[cyclic, cyclic]])]) raw(message);
        try {
          raw(new SharedArrayBuffer(8));
        } catch {
          // A page that is not isolated cannot even send one.
        }
      });
      return [await answered(tab, "Blob, buffer, cycle, null, BigInt, Map", "-32600")];
    },
  },
  {
    id: 64,
    title: "100,000 messages",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await measureGaps(tab);
      await tab.inFrame(() => {
        for (let n = 0; n < 100_000; n++) ((window as any).hostile as Grabbed).raw('{"seq":1,"mac":"","body":{}}');
      }).catch(() => {}); // The frame may be gone before it has answered.
      const torn = await tornDown(tab, "unsigned flood", "");
      const gap = await longestGap(tab);
      const second = await grabbed(stage);
      await second.inFrame(() => {
        void ((window as any).hostile as Grabbed).flood(2_000);
      }).catch(() => {});
      return [
        torn,
        check("host page", gap < 1_500, `held up ${gap} ms`),
        await tornDown(second, "signed flood", "too often"),
      ];
    },
  },
  {
    id: 65,
    title: "10,000 unanswered calls",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inPage(() => {
        (window as any).hostileDelay = 3_000;
      });
      // A call each 0.1 s would do; what is tested is how many can be unanswered.
      await tab.inFrame(() => void ((window as any).hostile as Grabbed).flood(120));
      const busy = async () => (await answers(tab)).filter((answer) => answer.includes("calls of this kind are unanswered")).length;
      await until("the host page refuses", async () => (await busy()) > 0, 5_000).catch(() => {});
      const refused = await busy();
      const second = await grabbed(stage);
      const queued = await second.inFrame(async () => {
        const { link } = (window as any).hostile as Grabbed;
        const codes: Promise<string>[] = [];
        for (let n = 0; n < 10_200; n++) {
          codes.push(link.call("data.list", { collection: "x" }).then(() => "result", (error: { code: string }) => error.code));
        }
        return await (codes.at(-1) as Promise<string>);
      });
      return [
        check("120 at once, past the runtime", refused > 40, `${refused} refused as too many; heard ${(await answers(tab)).length}: ${(await answers(tab)).at(-1)}`),
        check("10,000 in the runtime", queued === "busy", `the last one: ${queued}`),
      ];
    },
  },
  {
    id: 66,
    title: "ending somebody else's call",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inFrame(() => {
        const { signed } = (window as any).hostile as Grabbed;
        void signed('{"jsonrpc":"2.0","method":"$/cancel","params":{"id":12345}}').catch(() => {});
        void signed('{"jsonrpc":"2.0","id":12345,"result":null}').catch(() => {});
      });
      await pause(300);
      return [check("$/cancel and an answer to nothing", await works(tab), "no effect; the app's calls are answered")];
    },
  },
  {
    id: 68,
    title: "built-ins replaced by the app",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inFrame(() => {
        const broken = () => {
          throw new Error("hostile");
        };
        JSON.parse = broken as never;
        Promise.prototype.then = broken as never;
        Map.prototype.get = broken as never;
        Array.prototype[Symbol.iterator] = broken as never;
        MessagePort.prototype.postMessage = broken as never;
        String.prototype.slice = broken as never;
      });
      await pause(500);
      const host = await tab.inPage(() => JSON.parse(JSON.stringify({ works: [...new Map([["a", 1]]).values()][0] })).works as number);
      await tab.click("button[aria-label]");
      await until("a fresh app works", () => works(tab));
      return [check("self-harm", host === 1, "the host page's own are whole, and a reload starts the app afresh")];
    },
  },
  {
    id: 69,
    title: "a late answer after another start",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      await tab.inPage(() => {
        (window as any).hostileDelay = 2_500;
      });
      await tab.inFrame(() => void ((window as any).hostile as Grabbed).link.call("data.list", { collection: "late" }));
      await pause(100);
      await tab.click("button[aria-label]");
      await until("the new frame holds its port", async () => {
        const { state } = await tab.inPage(frameState);
        return state === "ready" && (await tab.inFrame(() => ((window as any).hostile as Grabbed).port !== undefined));
      });
      await tab.inPage(() => {
        (window as any).hostileDelay = 0;
      });
      await pause(3_000);
      const heard = await answers(tab);
      // An answer of the old launch would break the new one's order and close the link.
      return [check("an answer of the old frame", await works(tab), `the new frame heard ${heard.length} messages, all its own, and goes on`)];
    },
  },
];
