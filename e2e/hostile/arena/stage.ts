import type { Sinks } from "../sinks/client.ts";
import type { Arena, Tab } from "./tab.ts";
import { clicks, type Evil, type Finding, script, type Vector } from "./vector.ts";

/** Where the program is and who its owner is. */
export interface Target {
  readonly origin: string;
  readonly token: string;
}

/** An app that was brought in. */
export interface Imported {
  readonly appId: string;
  readonly versionId: string;
}

/** How long nothing may arrive before an attack counts as blocked, in milliseconds. */
const DWELL = 1_500;
/** How long the negative control may take to arrive, in milliseconds. */
const CONTROL = 6_000;

/** How many pages of a case attack at a time. */
const AT_ONCE = 3;

/** What a case works with. */
export class Stage {
  readonly arena: Arena;
  readonly target: Target;
  readonly sinks: Sinks;
  readonly #address: string;
  readonly #tabs: Tab[] = [];
  readonly #others: Stage[] = [];

  constructor(arena: Arena, target: Target, sinks: Sinks, address: string) {
    this.arena = arena;
    this.target = target;
    this.sinks = sinks;
    this.#address = address;
  }

  /** A request by a program of the owner's. */
  async api(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<Response> {
    return await fetch(this.target.origin + path, {
      method,
      headers: { authorization: `Bearer ${this.target.token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  /** Brings an app in. It must build. */
  async app(source: string, name = "Hostile app", more: Readonly<Record<string, string>> = {}): Promise<Imported> {
    const response = await this.api("/api/apps/import", { name, files: { "src/App.tsx": source, ...more } });
    const answer = (await response.json()) as Imported & { diagnostics?: { severity: string; message: string }[] };
    const errors = (answer.diagnostics ?? []).filter(({ severity }) => severity === "error");
    if (!response.ok || errors.length > 0) {
      throw new Error(`the hostile app was not accepted: ${response.status} ${JSON.stringify(answer).slice(0, 600)}`);
    }
    return answer;
  }

  /** An app whose module runs `code` and that shows a button `#go`. */
  async coded(code: string, name?: string): Promise<Imported> {
    return await this.app(shell(code), name);
  }

  /** A tab of the signed-in owner, closed when the case ends. */
  async tab(): Promise<Tab> {
    const tab = await this.arena.newTab();
    this.#tabs.push(tab);
    return tab;
  }

  /** An app in a new tab, once it shows its button. */
  async open(app: Imported): Promise<Tab> {
    const tab = await this.tab();
    await tab.goto(`${this.target.origin}/apps/${app.appId}`);
    await until("the hostile app shows itself", () => tab.inPage(isReady));
    return tab;
  }

  /** Imports and opens. */
  async run(code: string): Promise<Tab> {
    return await this.open(await this.coded(code));
  }

  async close(): Promise<void> {
    for (const tab of this.#tabs.splice(0)) await tab.close();
    for (const other of this.#others.splice(0)) await other.close();
  }

  /** The same browser with another program, signed in there; its tabs close with this stage. */
  async at(program: Target & { readonly url: string }): Promise<Stage> {
    const other = new Stage(this.arena, program, this.sinks, this.#address);
    this.#others.push(other);
    await (await other.tab()).goto(program.url);
    return other;
  }

  /** Tries ways out: from an app, where nothing may arrive, and without our headers, where all must. */
  async exfiltrate(id: number, vectors: readonly Vector[], known: readonly string[] = []): Promise<Finding[]> {
    const of = (alone: Vector["alone"]) => vectors.filter((vector) => vector.alone === alone);
    const groups = [...of(true).map((vector) => [vector]), of("control"), of(undefined)];
    const found = await some(groups.filter((group) => group.length > 0), (group) => this.#try(id, group, known));
    return found.flat();
  }

  /** Shows that each kind of sink, by which the vectors are named, hears this browser where nothing of ours is in the way. */
  async hear(id: number, vectors: readonly Vector[]): Promise<Finding[]> {
    const attacks = await Promise.all(vectors.map(async (vector) => ({ vector, evil: await this.#evil(id, vector) })));
    await this.#attackFromControl(attacks);
    return await Promise.all(
      attacks.map(async ({ vector: { name }, evil }) => {
        const heard = async () => (await this.sinks.hits(evil.tag)).find(({ via }) => via === name);
        await until("it arrives", async () => (await heard()) !== undefined, 5_000).catch(() => {});
        const hit = await heard();
        return hit === undefined
          ? { vector: name, outcome: "failed", seen: "nothing arrived" }
          : { vector: name, outcome: "heard", seen: hit.what };
      }),
    );
  }

  async #try(id: number, vectors: readonly Vector[], known: readonly string[]): Promise<Finding[]> {
    const inApp = await Promise.all(vectors.map(async (vector) => ({ vector, evil: await this.#evil(id, vector) })));
    const inControl = await Promise.all(vectors.map(async (vector) => ({ vector, evil: await this.#evil(id, vector) })));
    const [sealed, controls] = await Promise.all([this.#attackFromApp(inApp), this.#controls(inControl)]);
    const findings: Finding[] = [];
    for (const [index, { vector, evil }] of inApp.entries()) {
      const hits = await this.sinks.hits(evil.tag);
      const words = hits.map(({ via, what }) => `${via} ${what}`).join(", ");
      const controlTag = inControl[index]?.evil.tag ?? "";
      const control = controls[index] ?? { log: {}, end: "it did not run" };
      const controlHits = await this.sinks.hits(controlTag);
      const inItsLog = sealed.log[evil.tag] ?? sealed.end;
      // Nothing written down, and the frame as it was: then nobody knows that anything was tried.
      const ran = sealed.log[evil.tag] !== undefined || sealed.end !== "frame ready";
      const one = (outcome: Finding["outcome"], seen: string) => findings.push({ vector: vector.name, outcome, seen });
      // What is known of a vector is that a name is looked up and a connection opened, never more.
      const asKnown = known.includes(vector.name) && hits.every(({ via }) => via === "dns" || via === "tcp");
      if (hits.length > 0) one(asKnown ? "leaked, as known" : "leaked", words);
      else if (!ran) one("failed", "proves nothing: the attack was not seen to run in the app");
      else if (sealed.unchanged !== undefined) one("failed", sealed.unchanged);
      else if (control.log[controlTag] === "unsupported") one("unsupported", "the browser has no such feature");
      else if (controlHits.length === 0 && vector.silent !== undefined) {
        one("unsupported", `nothing arrived, nor from the control: ${vector.silent}`);
      } else if (controlHits.length === 0) {
        one("failed", `proves nothing: the control did not arrive (${control.log[controlTag] ?? control.end})`);
      } else {
        await this.sinks.sealed(evil.tag, `${id} ${vector.name}`);
        const by = [...new Set(controlHits.map(({ via }) => via))].join(", ");
        one("blocked", `nothing in ${DWELL} ms (${inItsLog}); the control arrived by ${by}`);
      }
    }
    return findings;
  }

  async #attackFromApp(attacks: readonly Attack[]): Promise<Attempt & { unchanged?: string }> {
    const tab = await this.run(`${page(attacks)}\n${script(attacks)}`);
    const before = await tab.inPage(hostState);
    await this.#press(tab, clicks(attacks));
    await this.#settled(tab, attacks);
    await Promise.all(attacks.map(({ evil }) => this.sinks.hits(evil.tag, DWELL)));
    const log = await tab.inFrame(readLog).catch(() => ({}));
    const after = await tab.inPage(hostState);
    const end = await tab.inPage(frameEnd);
    await tab.close();
    const changed = JSON.stringify(before) !== JSON.stringify(after);
    return {
      log,
      end,
      ...(changed && { unchanged: `the host page changed: ${JSON.stringify(before)} → ${JSON.stringify(after)}` }),
    };
  }

  /** A page without our headers that runs `code` and has a button `#go`. */
  async control(code: string): Promise<Tab> {
    const tab = await this.tab();
    const tag = this.sinks.tag(0);
    await this.sinks.page(`${tag}.js`, code);
    const html = `<!doctype html><meta charset=utf-8><title>control</title><body><button id=go>Go</button><script src="${tag}.js"></script>`;
    await tab.goto(await this.sinks.page(tag, html));
    return tab;
  }

  /** What became of the negative control of each attack. */
  async #controls(attacks: readonly Attack[]): Promise<readonly Attempt[]> {
    if (clicks(attacks) > 1) return await some(attacks, (attack) => this.#attackFromControl([attack]));
    const control = await this.#attackFromControl(attacks);
    return attacks.map(() => control);
  }

  async #attackFromControl(attacks: readonly Attack[]): Promise<Attempt> {
    const tab = await this.tab();
    const tag = attacks[0]?.evil.tag ?? "";
    const html = `<!doctype html><meta charset=utf-8><title>control</title><body><button id=go>Go</button>
${attacks.map(({ vector }) => vector.html ?? "").join("\n")}<script src="${tag}.js"></script>`;
    await this.sinks.page(`${tag}.js`, script(attacks));
    await tab.goto(await this.sinks.page(tag, html));
    await tab.clickInFrame("#go");
    await this.#settled(tab, attacks);
    const log = await tab.inPage(readLog).catch(() => ({}));
    const supported = attacks.filter(({ evil }) => (log as Attempt["log"])[evil.tag] !== "unsupported");
    const patience = (vector: Vector) => (vector.silent === undefined ? CONTROL : 2_000);
    await Promise.all(supported.map(({ evil, vector }) => this.sinks.hits(evil.tag, patience(vector))));
    const later = await tab.inPage(readLog).catch(() => ({}));
    await tab.close();
    return { log: { ...log, ...later }, end: "its page went away" };
  }

  /**
   * Clicks `#go` until all attacks are seen to have begun, which takes so many clicks, or the frame is
   * gone: windows that open take clicks away.
   */
  async #press(tab: Tab, times: number): Promise<void> {
    let begun = 0;
    for (let tries = 0; tries < times + 3 && begun < times; tries++) {
      await tab.clickInFrame("#go");
      const end = Date.now() + 1_000;
      let seen = begun;
      while (seen === begun && Date.now() < end) {
        const log = await tab.inFrame(readLog).catch(() => undefined);
        if (log === undefined) return;
        seen = Object.keys(log).length;
        if (seen === begun) await pause(50);
      }
      begun = seen;
    }
  }

  /** Waits until no attack runs any more, at most 3 s. */
  async #settled(tab: Tab, attacks: readonly Attack[]): Promise<void> {
    const running = () => Object.values((window as unknown as Hostile).hostileLog ?? {}).includes("running");
    const inside = (await tab.hasFrame()) ? tab.inFrame.bind(tab) : tab.inPage.bind(tab);
    const end = Date.now() + 3_000;
    if (attacks.every(({ vector }) => vector.alone === true)) return;
    while (Date.now() < end && (await inside(running).catch(() => false))) await pause(100);
  }

  async #evil(id: number, { attack }: Vector): Promise<Evil> {
    const tag = this.sinks.tag(id);
    const host = `${tag}.evil.test`;
    const udp = String(attack).includes("udp") ? await this.sinks.udp(tag) : 0;
    const { origin } = this.target;
    return { tag, host, http: `http://${host}`, https: `https://${host}`, ip: this.#address, udp, page: origin };
  }
}

type Hostile = { readonly hostileLog?: Record<string, string> };
type Attack = { readonly vector: Vector; readonly evil: Evil };
type Attempt = { readonly log: Readonly<Record<string, string>>; readonly end: string };

/** Source of an app that runs `code` once it is there, and shows a button `#go`. */
export function shell(code: string): string {
  return `// @ts-nocheck
export default function App() {
  return <main className="p-4"><p>Hostile app</p><button id="go" type="button">Go</button></main>;
}
${code}
`;
}

function page(attacks: readonly Attack[]): string {
  const html = attacks.map(({ vector }) => vector.html ?? "").join("\n");
  if (html === "") return "";
  return `setTimeout(() => document.body.insertAdjacentHTML("beforeend", ${JSON.stringify(html)}));`;
}

function readLog(): Record<string, string> {
  return (window as unknown as Hostile).hostileLog ?? {};
}

/** What must be as it was: address, storage, what is around the frame, and that there is one frame. */
function hostState(): unknown {
  // Where the studio itself notes how each version of an app ran.
  const { "cumulonimbus.runs": _, ...local } = { ...localStorage } as Record<string, string>;
  return {
    address: location.href,
    local: JSON.stringify(local),
    session: JSON.stringify({ ...sessionStorage }),
    cookie: document.cookie,
    title: document.title,
    header: document.querySelector("header")?.outerHTML,
    frames: document.querySelectorAll("iframe").length,
    sealed: [...document.querySelectorAll("iframe")].every((frame) =>
      ["", "allow-scripts allow-forms"].includes(frame.getAttribute("sandbox") ?? "none"),
    ),
  };
}

function isReady(): boolean {
  return document.querySelector("iframe")?.dataset["appState"] === "ready";
}

function frameEnd(): string {
  const { appState = "no frame", appError = "" } = document.querySelector("iframe")?.dataset ?? {};
  return `frame ${appState} ${appError}`.trim().slice(0, 160);
}

/** Does something for each of a list, a few at a time; the answers are in the list's order. */
async function some<T, R>(list: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const waiting = [...list.entries()];
  const answers: R[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) answers[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

/** Waits until something is so, at most so long. */
export async function until(what: string, look: () => Promise<boolean>, milliseconds = 15_000): Promise<void> {
  const end = Date.now() + milliseconds;
  for (;;) {
    if (await look().catch(() => false)) return;
    if (Date.now() > end) throw new Error(`it did not come about within ${milliseconds} ms that ${what}`);
    await pause(50);
  }
}

/** A pause. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
