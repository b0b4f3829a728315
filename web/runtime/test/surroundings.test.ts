// @vitest-environment jsdom
import { expect, it, vi } from "vitest";
import { holdNewTabs } from "../src/surroundings.ts";

function clickHeld(init: MouseEventInit, type = "click"): boolean {
  const event = new MouseEvent(type, { cancelable: true, bubbles: true, ...init });
  document.body.dispatchEvent(event);
  return event.defaultPrevented;
}

it("holds clicks that open another tab, before the app hears of them, where the browser needs it", () => {
  vi.stubGlobal("CSS", { supports: () => false });
  holdNewTabs(window);
  expect(clickHeld({ ctrlKey: true })).toBe(false);

  vi.stubGlobal("CSS", { supports: (property: string) => property === "-moz-appearance" });
  holdNewTabs(window);
  const stop = (event: Event) => event.stopImmediatePropagation();
  for (const type of ["click", "auxclick"]) window.addEventListener(type, stop, true);

  expect(clickHeld({ ctrlKey: true })).toBe(true);
  expect(clickHeld({ metaKey: true })).toBe(true);
  expect(clickHeld({ shiftKey: true })).toBe(true);
  expect(clickHeld({ button: 1 }, "auxclick")).toBe(true);
  expect(clickHeld({})).toBe(false);
  expect(clickHeld({ button: 2 }, "auxclick")).toBe(false);
});
