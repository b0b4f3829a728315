import { type Stage, until } from "../arena/stage.ts";
import type { Tab } from "../arena/tab.ts";
import type { Finding } from "../arena/vector.ts";

/** An attack that must not have worked: `held` says whether it did not. */
export function check(vector: string, held: boolean, seen: unknown): Finding {
  const words = typeof seen === "string" ? seen : JSON.stringify(seen);
  return { vector, outcome: held ? "blocked" : "failed", seen: (words ?? "").slice(0, 300) };
}

/** What the product does not do yet, after a test of what is true today. */
export function notYet(vector: string, isAbsent: boolean, seen: string): Finding {
  return { vector, outcome: isAbsent ? "not there yet" : "failed", seen };
}

/** What a frame's calls of the host page come to; sent into frames. */
export async function attempt({ method, params }: { method: string; params: unknown }): Promise<string> {
  const link = (window as any)[Symbol.for("cumulonimbus")] as { call(m: string, p: unknown): Promise<unknown> };
  try {
    return `result ${JSON.stringify(await link.call(method, params)).slice(0, 500)}`;
  } catch (error) {
    return `refused ${(error as { code?: string }).code} ${String(error)}`;
  }
}

/** A feature that the product does not have: neither a method of the bridge nor a route, by these names. */
export async function absent(stage: Stage, feature: string, method: string, path: string): Promise<Finding[]> {
  const tab = await stage.run("");
  const answer = await tab.inFrame(attempt, { method, params: {} });
  const { status } = await stage.api(path, {});
  const none = `the product has no ${feature}`;
  return [
    notYet(method, answer.startsWith("refused unknown-method"), `${none}; the bridge answers: ${answer}`),
    notYet(`POST ${path}`, status === 404, `${none}; status ${status}`),
  ];
}

/** What the host page shows of the frame. */
export interface FrameState {
  readonly state: string;
  readonly error: string;
  readonly sandbox: string | null;
  readonly count: number;
}

/** To be sent into the host page. */
export function frameState(): FrameState {
  const frames = document.querySelectorAll("iframe");
  const [frame] = frames;
  return {
    state: frame?.dataset["appState"] ?? "",
    error: frame?.dataset["appError"] ?? "",
    sandbox: frame?.getAttribute("sandbox") ?? null,
    count: frames.length,
  };
}

/** Waits until the host page has removed the app's frame; the answer is what it says of the cause. */
export async function removed(tab: Tab, milliseconds = 10_000): Promise<string> {
  await until(
    "the host page removes the frame",
    async () => {
      const { state, sandbox } = await tab.inPage(frameState);
      return state === "error" && sandbox === "";
    },
    milliseconds,
  );
  return (await tab.inPage(frameState)).error;
}

/** A check that the frame is removed, for a cause whose words contain `words`. */
export async function tornDown(tab: Tab, vector: string, words: string): Promise<Finding> {
  const error = await removed(tab).catch(async (late: unknown) => {
    const state = await tab.inPage(frameState).catch(() => "no answer");
    return `${String(late)} ${JSON.stringify(state)}`;
  });
  return check(vector, error.includes(words), error);
}

/** Whether the app still runs and its calls are answered. */
export async function works(tab: Tab): Promise<boolean> {
  const params = { collection: "alive" };
  const answer = await tab.inFrame(attempt, { method: "data.list", params }).catch((error: unknown) => String(error));
  return answer.startsWith("result");
}

/** What the server told the host page at its launches, newest last. */
export async function launches(tab: Tab): Promise<{ launch: string; token: string; url: string; appId: string }[]> {
  return await tab.inPage(() => (window as any).hostileLaunches);
}

/** Where a script can be held up: in the host page, or in its app. */
export type Place = "host page" | "app";

/** Begins to measure how long a page's script is held up. */
export async function measureGaps(tab: Tab, place: Place = "host page"): Promise<void> {
  await inside(tab, place, () => {
    let last = performance.now();
    (window as any).hostileGap = 0;
    setInterval(() => {
      const now = performance.now();
      (window as any).hostileGap = Math.max((window as any).hostileGap, now - last);
      last = now;
    }, 20);
  });
}

/** The longest time for which a page's script was held up since, in milliseconds. */
export async function longestGap(tab: Tab, place: Place = "host page"): Promise<number> {
  return Math.round(await inside(tab, place, () => (window as any).hostileGap as number));
}

function inside<R>(tab: Tab, place: Place, run: () => R): Promise<R> {
  return place === "app" ? tab.inFrame(run) : tab.inPage(run);
}

/** A check that something took, or held up, less than so many milliseconds; the report tells the time. */
export function within(vector: string, milliseconds: number, most: number, words: string): Finding {
  return { ...check(vector, milliseconds < most, `${words} ${milliseconds} ms`), milliseconds };
}
