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
