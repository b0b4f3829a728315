import { BREATH_CHARS, RESULT_PART_CHARS } from "@cumulonimbus/protocol";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Outgoing } from "./Outgoing.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("gives the page a turn after each long message, and keeps the order", () => {
  const posted: string[] = [];
  const outgoing = new Outgoing((body) => posted.push(body));
  outgoing.send({ method: "a" });
  outgoing.send({ method: "b" });
  expect(posted).toHaveLength(2);
  outgoing.result(1, "x".repeat(RESULT_PART_CHARS * 2));
  outgoing.send({ method: "c" });
  expect(posted).toHaveLength(3);
  vi.advanceTimersToNextTimer();
  expect(posted).toHaveLength(4);
  vi.advanceTimersToNextTimer();
  // The last part is short: what waits goes out with it.
  expect(posted.slice(4).map((body) => JSON.parse(body))).toMatchObject([
    { method: "$/part" },
    { id: 1, result: null },
    { method: "c" },
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

it("sends nothing more when it is told to forget", () => {
  const posted: string[] = [];
  const outgoing = new Outgoing((body) => posted.push(body));
  for (let n = 0; n < 3; n++) outgoing.send({ method: "x".repeat(BREATH_CHARS) });
  outgoing.drop();
  vi.runAllTimers();
  expect(posted).toHaveLength(1);
});
