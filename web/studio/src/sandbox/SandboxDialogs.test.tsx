// @vitest-environment jsdom
import { MAX_SHOWN_COPY_CHARS } from "@cumulonimbus/protocol";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Answer, Dialogs, type Question } from "./Dialogs.ts";
import { SandboxDialogs } from "./SandboxDialogs.tsx";
import { ARMING_MS } from "./useArmed.ts";

let root: Root | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
});
afterEach(async () => {
  await act(async () => root?.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Puts a question on the screen, unarmed. The answers are added to the list that it gives. */
async function ask(question: Question): Promise<Answer[]> {
  const dialogs = new Dialogs();
  const place = document.body.appendChild(document.createElement("div"));
  root = createRoot(place);
  const answers: Answer[] = [];
  void dialogs.ask(question, new AbortController().signal).then((answer) => answers.push(answer));
  await act(async () => root?.render(<SandboxDialogs dialogs={dialogs} name="Poet" />));
  return answers;
}

/** Two frames: until what was put into the page is drawn. */
const DRAWN_MS = 2 * 16;
const wait = (ms: number) => act(async () => void vi.advanceTimersByTime(ms));
const arm = () => wait(DRAWN_MS + ARMING_MS);
const link = () => document.querySelector<HTMLAnchorElement>("a");
const button = (name: string) =>
  [...document.querySelectorAll("button")].find(({ textContent }) => textContent === name);
const press = (element: Element | null | undefined, type: string, which = 0) =>
  act(async () => {
    element?.dispatchEvent(
      new MouseEvent(type, { bubbles: true, cancelable: true, button: which }),
    );
  });

it("gives nothing to follow before a question about an address is armed", async () => {
  const answers = await ask({ kind: "openLink", url: "https://example.org/" });
  expect(link()).toBeNull();
  await press(button("Open in a new tab"), "click");
  await act(async () => document.querySelector("form")?.requestSubmit());
  expect(answers).toEqual([]);
  await wait(ARMING_MS);
  expect(link()).toBeNull();
  await arm();
  expect(link()?.href).toBe("https://example.org/");
  // The window came back to the front: whatever is clicked now was meant for something else.
  await act(async () => void window.dispatchEvent(new Event("focus")));
  expect(link()).toBeNull();
  await arm();
  await press(link(), "auxclick", 2);
  expect(answers).toEqual([]);
  await press(link(), "auxclick", 1);
  expect(answers).toEqual([true]);
});

it.each<[string, Question]>([
  ["Copy", { kind: "copy", text: "x" }],
  ["Save", { kind: "download", name: "a.txt", bytes: new Uint8Array(1) }],
])("takes no %s before it is armed", async (name, question) => {
  const answers = await ask(question);
  expect(button(name)?.disabled).toBe(true);
  await press(button(name), "click");
  await act(async () => document.querySelector("form")?.requestSubmit());
  expect(answers).toEqual([]);
  await arm();
  expect(button(name)?.disabled).toBe(false);
});

it("shows the beginning of a long text, says how much more there is, and copies all of it", async () => {
  const writeText = vi.fn(async () => {});
  vi.stubGlobal("navigator", { clipboard: { writeText } });
  const text = `${"a".repeat(MAX_SHOWN_COPY_CHARS - 1)}\u{1f600}${"b".repeat(1_232)}`;
  const answers = await ask({ kind: "copy", text });
  expect(document.querySelector("form p")?.textContent).toBe("a".repeat(MAX_SHOWN_COPY_CHARS - 1));
  expect(document.body.textContent).toContain("1234 more characters will be copied.");
  await arm();
  await press(button("Copy"), "click");
  expect(writeText).toHaveBeenCalledWith(text);
  expect(answers).toEqual([true]);
});
