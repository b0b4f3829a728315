import { expect, it } from "vitest";
import lock from "../src/lock.js?raw";

it("takes the constructors away for good, and may run again", () => {
  const realm = { RTCPeerConnection: class {}, WebTransport: class {} } as Record<string, unknown>;
  const run = new Function("globalThis", lock);
  run(realm);
  run(realm);
  for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
    expect(realm[name]).toBeUndefined();
    expect(name in realm).toBe(true);
    expect(Reflect.deleteProperty(realm, name)).toBe(false);
    expect(Reflect.defineProperty(realm, name, { value: class {} })).toBe(false);
  }
});

it("dispatches no made-up click that would open a tab", () => {
  class Mouse extends Event {
    readonly #init: Record<string, unknown>;
    constructor(type: string, init: Record<string, unknown> = {}) {
      super(type);
      this.#init = init;
    }
    get ctrlKey() {
      return this.#init.ctrlKey ?? false;
    }
    get metaKey() {
      return this.#init.metaKey ?? false;
    }
    get shiftKey() {
      return this.#init.shiftKey ?? false;
    }
    get altKey() {
      return this.#init.altKey ?? false;
    }
    get button() {
      return this.#init.button ?? 0;
    }
  }
  class Target {
    readonly heard: string[] = [];
    dispatchEvent(event: Event): boolean {
      this.heard.push(event.type);
      return true;
    }
  }
  const realm = { Event, EventTarget: Target, MouseEvent: Mouse };
  const run = new Function("globalThis", lock);
  run(realm);
  run(realm);
  // What the app replaces later changes nothing.
  Object.defineProperty(Mouse.prototype, "ctrlKey", { get: () => false });

  const target = new Target();
  for (const init of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }]) {
    target.dispatchEvent(new Mouse("click", init));
  }
  target.dispatchEvent(new Mouse("click", { button: 1 }));
  target.dispatchEvent(new Mouse("auxclick", { button: 1 }));
  expect(target.heard).toEqual([]);

  target.dispatchEvent(new Mouse("click"));
  target.dispatchEvent(new Mouse("mousedown", { ctrlKey: true }));
  target.dispatchEvent(new Event("submit"));
  expect(target.heard).toEqual(["click", "mousedown", "submit"]);
  expect(Reflect.deleteProperty(Target.prototype, "dispatchEvent")).toBe(false);
  Reflect.set(Target.prototype, "dispatchEvent", () => false);
  target.dispatchEvent(new Mouse("click", { shiftKey: true }));
  expect(target.heard).toHaveLength(3);
  // An element of its own may have another one: it does not lead to the browser's.
  target.dispatchEvent = () => false;
  expect(target.dispatchEvent(new Mouse("click"))).toBe(false);
});
