import { pause, shell, type Stage, until } from "../arena/stage.ts";
import type { Tab } from "../arena/tab.ts";
import type { Finding } from "../arena/vector.ts";
import type { Case } from "./case.ts";
import { attempt, check, works } from "./check.ts";
import { answers, GRAB, type Grabbed, grabbed } from "./grab.ts";
import { mostMemory, withModel } from "./programs.ts";

const PIECE = "x".repeat(16 * 1024);
/** 96 MiB: more than the buffers of all connections on the way hold. */
const PIECES = 6 * 1024;
/** What the host page sends unasked: `STREAM_CREDITS` of `web/protocol`. */
const UNASKED = 32;
/** The number of the call, beyond those of the runtime. */
const CALL = 900;

function* long(): Generator<string> {
  for (let n = 0; n < PIECES; n++) yield PIECE;
}

async function* endless(): AsyncGenerator<string> {
  yield PIECE;
  await new Promise(() => {});
}

/** Sends a message of the app's own making. */
async function sends(tab: Tab, method: string, params: object, id?: number): Promise<void> {
  const body = JSON.stringify({ jsonrpc: "2.0", ...(id !== undefined && { id }), method, params });
  await tab.inFrame((text: string) => {
    void ((window as any).hostile as Grabbed).signed(text).catch(() => {});
  }, body);
}

const chunks = async (tab: Tab) => (await answers(tab)).filter((answer) => answer.includes('"method":"$/chunk"')).length;

/** Waits until a number has not changed for two seconds, and gives it. */
async function settled(what: string, look: () => number): Promise<number> {
  let last = -1;
  await until(what, async () => {
    const before = look();
    await pause(2_000);
    last = look();
    return last === before && last > 0;
  }, 40_000);
  return last;
}

/** An app whose viewer lets it ask the model, and that has asked. */
async function asking(own: Stage): Promise<Tab> {
  const declared = JSON.stringify({ permissions: { ai: { reason: "to be hostile" } } });
  const app = await own.app(shell(GRAB), "Reader", { "cumulonimbus.json": declared });
  const allow = { ai: true, domains: [], sharedData: false };
  const granted = await own.api(`/api/apps/${app.appId}/permissions`, { versionId: app.versionId, allow }, "PUT");
  if (!granted.ok) throw new Error(`the model was not granted: ${await granted.text()}`);
  const tab = await grabbed(own, app);
  await sends(tab, "ai.complete", { prompt: "x" }, CALL);
  await until("the stream begins", async () => (await chunks(tab)) > 0);
  return tab;
}

/** A model that writes much, for an app that reads nothing of it. */
async function unread(stage: Stage): Promise<Finding[]> {
  return await withModel(stage, long, async (own, model, program) => {
    const tab = await asking(own);
    const written = await settled("the model stands still", () => model.pieces());
    const unasked = await chunks(tab);
    await sends(tab, "$/credit", { id: CALL, credits: 8 });
    await until("more comes when it is asked for", async () => (await chunks(tab)) > unasked, 5_000).catch(() => {});
    await pause(500);
    const asked = (await chunks(tab)) - unasked;
    const mebibytes = Math.round((written * PIECE.length) / 1024 / 1024);
    const memory = await mostMemory(program.pid);
    const held = check("a reply of 96 MiB", written < PIECES && memory < 220, `${mebibytes} MiB of it were written; the program had ${memory} MiB of memory at most`);
    return [
      check("pieces that nobody asked for", unasked === UNASKED, `${unasked} came to the app`),
      // Firefox keeps what a page does not read of a response, however much it is: SECURITY.md says so.
      stage.arena.name === "firefox" && written === PIECES && memory < 220 ? { ...held, outcome: "possible, as known" } : held,
      check("asking for 8 more", asked === 8, `${asked} came`),
    ];
  });
}

/** A model that is never done, and an app that goes away. */
async function abandoned(stage: Stage): Promise<Finding> {
  return await withModel(stage, endless, async (own, model) => {
    const tab = await asking(own);
    const before = model.brokenOff();
    const started = Date.now();
    await tab.click('header a[href="/"]');
    await until("the model is stopped", () => Promise.resolve(model.brokenOff() > before), 10_000).catch(() => {});
    return check("its frame is removed", before === 0 && model.brokenOff() === 1, `the model was stopped after ${Date.now() - started} ms`);
  });
}

/** Case 67. */
export const streams: readonly Case[] = [
  {
    id: 67,
    title: "a stream that nobody reads",
    category: "bridge",
    async run(stage) {
      const tab = await grabbed(stage);
      const answer = await tab.inFrame(attempt, { method: "ai.complete", params: { prompt: "x" } });
      const codes = await tab.inFrame(async () => {
        const { link } = (window as any).hostile as Grabbed;
        const seen = new Set<string>();
        for (let n = 0; n < 200; n++) {
          void link.call("data.subscribe", { collection: "x" }).then(() => seen.add("result"), (error: { code: string }) => seen.add(error.code));
        }
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        return [...seen];
      });
      const other = await stage.run("");
      return [
        check("ai.complete without a grant", answer.startsWith("refused"), answer),
        check("200 subscriptions", await works(other), `another app works; answers: ${codes.join(", ") || "none yet"}`),
        ...(await unread(stage)),
        await abandoned(stage),
      ];
    },
  },
];
