import { RpcErrorCode } from "@cumulonimbus/protocol";
import { expect, it, vi } from "vitest";
import { BridgeCall } from "./BridgeCall.ts";
import { Dialogs } from "./Dialogs.ts";
import { uiCalls } from "./uiCalls.ts";

function setUp() {
  const dialogs = new Dialogs();
  const toast = vi.fn();
  const ui = uiCalls({ dialogs, toast, resize: (height) => height ?? 500 });
  const call = () => new BridgeCall("person", 1, { chunk: () => {}, held: () => {} });
  return { dialogs, toast, ui, call };
}

it("asks one question after the other and gives each its answer", async () => {
  const { dialogs, ui, call } = setUp();
  const first = ui("ui.confirm", { message: "One?" }, call());
  const second = ui("ui.prompt", { message: "Two?", initial: "x" }, call());
  expect(dialogs.current()?.question).toEqual({ kind: "confirm", message: "One?" });
  dialogs.current()?.answer(true);
  expect(dialogs.current()?.question).toMatchObject({ kind: "prompt", initial: "x" });
  dialogs.current()?.answer("typed");
  expect(await first).toBe(true);
  expect(await second).toBe("typed");
});

it("takes a question away with its call", async () => {
  const { dialogs, ui, call } = setUp();
  const asked = call();
  const answer = ui("ui.confirm", { message: "?" }, asked);
  asked.abort();
  expect(dialogs.current()).toBeUndefined();
  expect(await answer).toBe(false);
});

it("asks nothing more when the person has had enough, except for permissions", async () => {
  const { dialogs, ui, call } = setUp();
  const waiting = ui("ui.prompt", { message: "?" }, call());
  dialogs.mute();
  expect(await waiting).toBe(null);
  expect(await ui("ui.confirm", { message: "?" }, call())).toBe(false);
  const missing = { ai: true, domains: [], sharedData: false };
  void dialogs.ask({ kind: "consent", missing, reasons: {} }, call().signal);
  expect(dialogs.current()?.question.kind).toBe("consent");
});

it("limits what is said in passing", async () => {
  const { toast, ui, call } = setUp();
  for (let i = 0; i < 3; i++) await ui("ui.toast", { message: "x" }, call());
  await expect(ui("ui.toast", { message: "x" }, call())).rejects.toMatchObject({
    code: RpcErrorCode.busy,
  });
  expect(toast).toHaveBeenCalledTimes(3);
});

it("puts the parts of a file together", async () => {
  const { dialogs, ui, call } = setUp();
  await ui("ui.part", { transfer: "t", base64: btoa("hello ") }, call());
  await ui("ui.part", { transfer: "t", base64: btoa("world") }, call());
  const saved = ui("ui.download", { name: "a.txt", transfer: "t" }, call());
  const question = dialogs.current()?.question;
  if (question?.kind !== "download") throw new Error("nothing was offered");
  expect(new TextDecoder().decode(question.bytes)).toBe("hello world");
  dialogs.current()?.answer(true);
  expect(await saved).toBe(true);
});

it("keeps no more than 32 MB for an app", async () => {
  const { ui, call } = setUp();
  const base64 = btoa("x".repeat(384 * 1024));
  const add = async () => {
    for (let i = 0; i < 100; i++) await ui("ui.part", { transfer: "t", base64 }, call());
  };
  await expect(add()).rejects.toMatchObject({ code: RpcErrorCode.tooLarge });
});

it("refuses what is malformed", async () => {
  const { ui, call } = setUp();
  for (const [method, params] of [
    ["ui.openLink", { url: "javascript:alert(1)" }],
    ["ui.confirm", {}],
    ["ui.nothing", {}],
  ] as const) {
    await expect(ui(method, params, call())).rejects.toMatchObject({
      code: RpcErrorCode.invalidParams,
    });
  }
});
