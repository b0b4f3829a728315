// The first code in an app's frame: it connects to the host page, puts storage and dialogs in
// place, starts the app, and reports what becomes of it.
//
// It runs in the same realm as the app and protects nothing from it: the boundary is the frame's
// opaque origin, the policy on every response, and the host page's end of the port.
import {
  type Hello,
  type Init,
  type LaunchBlock,
  PROTOCOL_VERSION,
  readInit,
  readLaunchBlock,
} from "@cumulonimbus/protocol";
import { forwardConsole, warn } from "./console.ts";
import { installDialogs } from "./dialogs.ts";
import { installClipboard, installDownloads } from "./giving.ts";
import { installHistory } from "./history.ts";
import { exposeHost, HostInfo } from "./host.ts";
import { CallError, HostLink } from "./link.ts";
import { showNotice } from "./notice.ts";
import { Area } from "./storage/area.ts";
import { isKeyed, keyedOver } from "./storage/keyed.ts";
import { sharedOver } from "./storage/shared.ts";
import { storageOver } from "./storage/shim.ts";
import { StorageWriter } from "./storage/writer.ts";
import { explainBlocked, holdLinks, holdNewTabs, quietCookies } from "./surroundings.ts";
import { watchApp } from "./watch.ts";

const element = document.getElementById("cumulonimbus-launch");
const block = readLaunchBlock(element?.textContent ?? "");
element?.remove();
connect(block);

function connect({ host, launch }: LaunchBlock): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => {
    const init = readInit(data);
    if (init) start(init, port1, launch);
    else port1.close();
  };
  const hello: Hello = { hello: "cumulonimbus", v: PROTOCOL_VERSION, launch };
  window.parent.postMessage(hello, host, [port2]);
}

function start(init: Init, port: MessagePort, launch: string): void {
  const info = new HostInfo(init);
  const link = new HostLink(port, launch, fromHex(init.key), {
    onNotice: (method, params) => info.told(method, params),
    onFlush: () => writer.flush(),
  });
  const watch = watchApp(window, {
    state: (report) => link.notify("app.state", report),
    error: (report) => link.notify("error.report", report),
  });
  forwardConsole(console, (line) => link.notify("console", line));
  explainBlocked(document);
  const writer = installStorage(init, link);
  installDialogs(window);
  installHistory(window);
  const downloads = installDownloads(window, link);
  installClipboard(window, link);
  holdNewTabs(window);
  holdLinks(window, link, downloads);
  quietCookies(document);
  exposeHost(link, info);

  // The path is relative to this file's own address, where the server puts the app beside it.
  import("./app.js" as string).then(() => {
    replayLoading();
    watch.loaded();
  }, watch.failed);
}

function installStorage(init: Init, link: HostLink): StorageWriter {
  const writer = new StorageWriter(
    (method, params) => link.call(method, params),
    (keys, error) => {
      // The page keeps what came after the end of the launch, and says what has ended.
      if (error instanceof CallError && (error.code === "closed" || error.code === "ended")) return;
      const names = keys.slice(0, 5).map((key) => `“${key.slice(0, 64)}”`);
      const what = keys.length === 0 ? "Clearing the app's data" : names.join(", ");
      const why = error instanceof Error ? error.message : String(error);
      warn(`${what} could not be saved: ${why}`);
      showNotice(`A change could not be saved: ${why}`);
    },
  );
  const local = new Area(Object.entries(init.storage.local), (change) => writer.note(change));
  const session = new Area([], () => {});
  let toldShared = false;
  const { sharedData } = init.permissions.declared;
  const everybody = sharedOver((method, params) => link.call(method, params));
  const alone = () => {
    if (toldShared) return;
    toldShared = true;
    warn(
      "The app's `cumulonimbus.json` does not declare `sharedData`: what it shares is kept for this person alone.",
    );
  };
  const keyed = keyedOver(local, alone, sharedData ? everybody : undefined);
  define("localStorage", storageOver(local, isKeyed));
  define("sessionStorage", storageOver(session));
  define("storage", keyed);

  const flush = () => {
    void writer.flush();
    link.flush();
  };
  window.addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => document.hidden && void writer.flush());
  return writer;
}

function define(name: string, value: unknown): void {
  Object.defineProperty(window, name, { value, configurable: true, enumerable: true });
}

/**
 * Sends the events of a loading page once more if they were over before the app could listen: code
 * that was written to be in the page from its beginning waits for them.
 */
function replayLoading(): void {
  if (document.readyState === "loading") return;
  document.dispatchEvent(new Event("DOMContentLoaded", { bubbles: true }));
  if (document.readyState === "complete") window.dispatchEvent(new Event("load"));
}

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
