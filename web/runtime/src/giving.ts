// Files and texts that an app gives to the person: an opaque frame may neither download nor write
// to the clipboard, so the host page offers them and the person clicks there.
import { fromBase64 } from "@cumulonimbus/protocol";
import { offerFile } from "./files.ts";
import type { HostLink } from "./link.ts";
import { showNotice } from "./notice.ts";

/** Takes over links that save a file. */
export type Downloads = {
  /** Offers what a link leads to if that is a file of the app's own, and says whether it is one. */
  readonly take: (anchor: HTMLAnchorElement) => boolean;
};

/** Makes `<a download>` over `blob:` and `data:` addresses work, also when clicked by a script. */
export function installDownloads(window: Window & typeof globalThis, link: HostLink): Downloads {
  // The policy lets nothing fetch a `blob:` address, so what it stands for is remembered.
  const blobs = new Map<string, Blob>();
  const { URL, HTMLAnchorElement } = window;
  const create = URL.createObjectURL.bind(URL);
  const revoke = URL.revokeObjectURL.bind(URL);
  URL.createObjectURL = (object: Blob | MediaSource) => {
    const url = create(object);
    if (object instanceof window.Blob) blobs.set(url, object);
    return url;
  };
  URL.revokeObjectURL = (url: string) => {
    blobs.delete(url);
    revoke(url);
  };

  const take = (anchor: HTMLAnchorElement): boolean => {
    const blob = blobs.get(anchor.href) ?? dataBlob(anchor.href);
    if (blob === undefined) return false;
    const name = anchor.getAttribute("download") || "download";
    void offerFile((method, params) => link.call(method, params), blob, name).catch(tell);
    return true;
  };
  // Scripts click links that they never put on the page, whose events reach no listener of ours.
  const aside = (anchor: HTMLAnchorElement, event: Event | undefined) =>
    !anchor.isConnected && !event?.defaultPrevented && take(anchor);
  const { click, dispatchEvent } = HTMLAnchorElement.prototype;
  HTMLAnchorElement.prototype.click = function () {
    if (!aside(this, undefined)) click.call(this);
  };
  HTMLAnchorElement.prototype.dispatchEvent = function (event) {
    const went = dispatchEvent.call(this, event);
    if (event.type === "click") aside(this, event);
    return went;
  };
  return { take };
}

/** Puts `navigator.clipboard.writeText` in place; reading stays impossible. */
export function installClipboard(window: Window & typeof globalThis, link: HostLink): void {
  const refused = (what: string) =>
    Promise.reject(new DOMException(`An app cannot ${what} the clipboard.`, "NotAllowedError"));
  const writeText = async (text: unknown) => {
    try {
      if (await link.call("ui.copy", { text: `${text}` })) return;
    } catch (error) {
      throw new DOMException(error instanceof Error ? error.message : "", "NotAllowedError");
    }
    throw new DOMException("The person did not agree to copying.", "NotAllowedError");
  };
  const write = async (items: unknown) => {
    const item = Array.isArray(items) ? (items[0] as ClipboardItem | undefined) : undefined;
    if (!item?.types.includes("text/plain")) return refused("write anything but text to");
    return writeText(await (await item.getType("text/plain")).text());
  };
  Object.defineProperty(window.navigator, "clipboard", {
    value: Object.freeze({
      writeText,
      write,
      readText: () => refused("read"),
      read: () => refused("read"),
    }),
    configurable: true,
  });
}

function tell(error: unknown): void {
  showNotice(`The file could not be saved: ${error instanceof Error ? error.message : error}`);
}

/** What a `data:` address holds (RFC 2397); none if it is another one. */
function dataBlob(url: string): Blob | undefined {
  const parts = /^data:([^,]*),(.*)$/s.exec(url);
  if (!parts) return undefined;
  const [, head = "", body = ""] = parts;
  const type = head.replace(/;base64$/i, "");
  try {
    const text = decodeURIComponent(body);
    if (!/;base64$/i.test(head)) return new Blob([text], { type });
    return new Blob([fromBase64(text)], { type });
  } catch {
    return undefined;
  }
}
