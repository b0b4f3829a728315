import { describe, expect, it } from "vitest";
import { formatLine, forwardConsole } from "../src/console.ts";
import { describeError, matters } from "../src/errors.ts";
import { judge, type Known } from "../src/state.ts";

describe("judge", () => {
  const known: Known = {
    now: 10_000,
    started: 0,
    loaded: 9_000,
    sight: { visible: false, elements: 0 },
    error: undefined,
  };
  const error = { report: { message: "TypeError: no" }, at: 9_500 };

  it.each<[string, Partial<Known>, string]>([
    ["something is visible", { sight: { visible: true, elements: 1 } }, "ready"],
    [
      "something is visible in spite of an error",
      { sight: { visible: true, elements: 1 }, error },
      "ready",
    ],
    ["the code still loads", { loaded: undefined }, "loading"],
    ["nothing shows yet", {}, "loading"],
    ["nothing shows three seconds after the code ran", { now: 12_000 }, "blank"],
    ["the code does not come", { loaded: undefined, now: 20_000 }, "blank"],
    ["an error left nothing", { error }, "error"],
    ["an error came a moment ago", { error: { ...error, at: 9_900 } }, "loading"],
  ])("%s", (_name, change, state) => {
    const verdict = judge({ ...known, ...change });
    expect(verdict === "loading" ? verdict : verdict.state).toBe(state);
  });

  it("names the cause of a blank page", () => {
    const at = (elements: number) =>
      judge({ ...known, now: 12_000, sight: { visible: false, elements } }) as { message: string };
    expect(at(0).message).toContain("put nothing on the page");
    expect(at(1).message).toContain("1 element on the page");
    expect(at(2).message).toContain("2 elements on the page");
  });
});

describe("describeError", () => {
  const error = new TypeError("no");
  error.stack =
    "TypeError: no\n    at f (http://x/lib/h/react.js:1:2)\n    at g (http://x/v/1/js/app.js:12:34)";

  it("finds the place in the app's code", () => {
    expect(describeError(error)).toEqual({
      message: "TypeError: no",
      stack: error.stack,
      line: 12,
      column: 34,
    });
    const at = { file: "http://x/v/1/js/app.js", line: 3, column: 4 };
    expect(describeError(error, at)).toMatchObject({ line: 3, column: 4 });
    expect(describeError(error, { ...at, file: "http://x/lib/h/react.js" })).toMatchObject({
      line: 12,
    });
  });

  it("describes whatever is thrown", () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(describeError("text").message).toBe("text");
    expect(describeError({ code: 5 }).message).toBe('The app threw {"code":5}');
    expect(describeError(undefined).message).toBe("The app threw undefined");
    expect(describeError(circular).message).toContain("no text");
  });

  it("knows what is no failure", () => {
    expect(matters("ResizeObserver loop completed with undelivered notifications.")).toBe(false);
    expect(matters("TypeError: no")).toBe(true);
  });
});

describe("the console", () => {
  it("is written as text", () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(formatLine(["%s is %d%%, %cred", "a", 5, "color:red", { b: 1n }])).toBe(
      'a is 5%, red {"b":"1n"}',
    );
    expect(formatLine([circular, null, undefined, () => {}])).toContain(
      "[object Object] null undefined",
    );
    expect(formatLine(["x".repeat(5_000)])).toHaveLength(2_000);
    expect(formatLine([])).toBe("");
  });

  it("is forwarded within reason, and still written", () => {
    const written: unknown[] = [];
    const sent: string[] = [];
    const write = (...args: unknown[]) => void written.push(args);
    const console = { debug: write, log: write, info: write, warn: write, error: write };
    forwardConsole(console as unknown as Console, (line) =>
      sent.push(`${line.level} ${line.text}`),
    );
    console.warn("first");
    for (let i = 0; i < 1_000; i++) console.log(i);
    expect(written).toHaveLength(1_001);
    expect(sent[0]).toBe("warn first");
    expect(sent.length).toBeLessThan(150);
  });
});
