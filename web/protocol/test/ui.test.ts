import { describe, expect, it } from "vitest";
import { FRAME_HEIGHT, readUiRequest } from "../src/index.ts";

describe("texts", () => {
  it("lose what reorders or hides other text, and are cut", () => {
    const message = `a\u202eb\u0000c${"x".repeat(3_000)}`;
    const read = readUiRequest("ui.confirm", { message });
    expect(read).toMatchObject({ kind: "confirm", message: expect.stringMatching(/^abcx+…$/) });
    expect((read as { message: string }).message.length).toBeLessThanOrEqual(2_000);
  });

  it("to copy are copied as they are shown", () => {
    const text = "one\r\n\ttwo \u202erm -rf\u2066\u0007\u00ad\u{e0041}\u200d";
    expect(readUiRequest("ui.copy", { text })).toEqual({
      kind: "copy",
      text: "one\n\ttwo rm -rf\u200d",
    });
  });

  it.each([
    ["ui.toast", {}],
    ["ui.alert", { message: 1 }],
    ["ui.prompt", { message: "a", initial: 1 }],
    ["ui.copy", { text: "x".repeat(600 * 1024) }],
    ["ui.part", { transfer: "../x", base64: "" }],
    ["ui.download", { name: "a" }],
    ["ui.download", { name: "a", base64: "not base64!" }],
    ["ui.resize", { height: Number.NaN }],
    ["ui.unknown", {}],
    ["constructor", {}],
  ])("%s %j is malformed", (method, params) => {
    expect(readUiRequest(method, params)).toBeUndefined();
  });
});

describe("addresses", () => {
  it.each([
    ["https://example.org/a?b#c", "https://example.org/a?b#c"],
    ["HTTP://EXAMPLE.org", "http://example.org/"],
    ["mailto:a@example.org", "mailto:a@example.org"],
    // Written out as the browser will open it, so that no letter stands for another.
    ["https://ex\u0430mple.org/", "https://xn--exmple-4nf.org/"],
  ])("%s is shown as %s", (url, shown) => {
    expect(readUiRequest("ui.openLink", { url })).toEqual({ kind: "openLink", url: shown });
  });

  it.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "blob:https://example.org/x",
    "file:///etc/passwd",
    "https://bank.example@evil.example/",
    "//evil.example",
    "",
  ])("%s is refused", (url) => {
    expect(readUiRequest("ui.openLink", { url })).toBeUndefined();
  });
});

it.each([
  ["report.csv", "report.csv"],
  ["../../etc/passwd", "passwd"],
  ["C:\\x\\evil.txt", "evil.txt"],
  [".bashrc", "bashrc"],
  ["a\u202egpj.exe", "agpj.exe"],
  ["...", "download"],
  ["", "download"],
  [`${"x".repeat(300)}.csv`, `${"x".repeat(116)}.csv`],
])("a file called %j is saved as %j", (name, saved) => {
  expect(readUiRequest("ui.download", { name, text: "" })).toMatchObject({ name: saved });
});

it("a height is kept within reason", () => {
  const height = (height: number) => readUiRequest("ui.resize", { height });
  expect(height(1e9)).toEqual({ kind: "resize", height: FRAME_HEIGHT.most });
  expect(height(-5)).toEqual({ kind: "resize", height: FRAME_HEIGHT.least });
  expect(readUiRequest("ui.resize", { height: null })).toEqual({ kind: "resize", height: null });
});
