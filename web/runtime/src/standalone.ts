// What runs first in an exported app, where there is no host page and no server: the same calls,
// answered by this browser alone.
//
// Built for two places. An app that was exported as one file has it linked in front of itself; an
// app that was exported as a project loads it before its own start.
import { NO_PERMISSIONS } from "@cumulonimbus/protocol";
import { HOST, type Host } from "./host.ts";
import { answer, subscribe } from "./standalone/calls.ts";
import { NAMESPACE } from "./standalone/place.ts";
import { Area } from "./storage/area.ts";
import { keyedOver } from "./storage/keyed.ts";

const shelf = `${NAMESPACE}storage/`;

if (!(HOST in globalThis)) {
  const host: Host = {
    call: async (method, params) => answer(method, params),
    stream: (method, params, onChunk) => subscribe(method, params, onChunk),
    user: null,
    permissions: () => ({ declared: NO_PERMISSIONS, granted: NO_PERMISSIONS }),
    onPermissions: () => () => {},
  };
  Object.defineProperty(globalThis, HOST, { value: Object.freeze(host) });
  if (!("storage" in window)) {
    Object.defineProperty(window, "storage", { value: keyed(), configurable: true });
  }
}

/** `window.storage` over `localStorage`. What is shared is kept for this person alone. */
function keyed() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(shelf));
  const items = names.map((name): [string, string] => [
    name.slice(shelf.length),
    localStorage.getItem(name) ?? "",
  ]);
  const area = new Area(items, (change) => {
    if (change.kind === "set") localStorage.setItem(shelf + change.key, change.value);
    else if (change.kind === "remove") localStorage.removeItem(shelf + change.key);
  });
  return keyedOver(area, () => {});
}
