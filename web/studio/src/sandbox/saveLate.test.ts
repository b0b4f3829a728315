import { afterEach, expect, it, vi } from "vitest";
import type { DataCall } from "./ServerCalls.ts";
import { saveLate } from "./saveLate.ts";

const LAUNCH = { appId: "a1", token: "t1" };
const { signal } = new AbortController();
const write = (n: number): DataCall => ({ method: "data.create", params: { n } });

/** Answers the writes in order with a status and a code; `undefined` is no answer at all. */
function serve(...answers: (readonly [number, string?] | undefined)[]): unknown[] {
  const saved: unknown[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    if (path !== "/api/sandbox/call") return new Response("{}");
    const { params } = JSON.parse(String(init.body)) as DataCall;
    const answer = answers.shift();
    if (answer === undefined) throw new TypeError("nobody answers");
    const [status, code] = answer;
    if (status === 200) saved.push(params.n);
    const body = code === undefined ? { result: null } : { error: { code, message: code } };
    return new Response(JSON.stringify(body), { status });
  });
  return saved;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it("writes everything in its order, and tells what is refused", async () => {
  const saved = serve([200], [507, "quota-data"], [409, "conflict"], [200]);
  const late = [write(1), write(2), write(3), write(4)];
  const refused: unknown[] = [];
  expect(await saveLate(LAUNCH, late, signal, (error) => refused.push(error))).toBe(true);
  expect([saved, late]).toEqual([[1, 4], []]);
  expect(refused).toMatchObject([{ code: "quota-data" }, { code: "conflict" }]);
});

it("keeps what did not reach the server, and everything after it", async () => {
  const saved = serve([200], undefined, [200], [500, "internal"]);
  const late = [write(1), write(2), write(3)];
  await expect(saveLate(LAUNCH, late, signal, () => {})).rejects.toMatchObject({
    code: "unreachable",
  });
  expect([saved, late]).toEqual([[1], [write(2), write(3)]]);
  // Neither did what the server failed at.
  await expect(saveLate(LAUNCH, late, signal, () => {})).rejects.toMatchObject({
    code: "internal",
  });
  expect([saved, late]).toEqual([[1, 2], [write(3)]]);
});

it("keeps what comes after the end of the new launch too, once", async () => {
  serve([200], [401, "launch-revoked"]);
  const late = [write(1), write(2), write(3)];
  await expect(saveLate(LAUNCH, late, signal, () => {})).rejects.toMatchObject({ code: "ended" });
  expect(late).toEqual([write(2), write(3)]);
});

it("asks nobody when nothing came late", async () => {
  serve();
  expect(await saveLate(LAUNCH, [], signal, () => {})).toBe(false);
});
