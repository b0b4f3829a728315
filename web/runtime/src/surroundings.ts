// What an opaque origin takes away from an app, given back where that can be done.
import { warn } from "./console.ts";
import type { Downloads } from "./giving.ts";
import type { HostLink } from "./link.ts";
import { showNotice } from "./notice.ts";

/** Makes reading and writing `document.cookie` do nothing instead of throwing. */
export function quietCookies(document: Document): void {
  Object.defineProperty(document, "cookie", { get: () => "", set: () => {}, configurable: true });
}

/**
 * Stops links from leaving the page: a frame that navigates is closed by its host. Where a link
 * leads to another site, the host page asks the person and opens it; one to a place on the same
 * page works, and one to a file of the app's own is saved.
 */
export function holdLinks(
  window: Window & typeof globalThis,
  link: HostLink,
  downloads: Downloads,
): void {
  const { document } = window;
  const leave = (url: string) => {
    if (!/^(?:https?|mailto):/i.test(url) || url.startsWith(document.URL.split("/v/")[0] ?? "")) {
      showNotice("This link leads to a page that the app does not have.");
      return;
    }
    link
      .call("ui.openLink", { url })
      .catch(() => showNotice(`This link leads out of the app: ${url}`));
  };
  window.addEventListener("click", (event) => {
    if ((event.defaultPrevented && !opensTab(event)) || !(event.target instanceof window.Element))
      return;
    const anchor = event.target.closest("a[href]");
    if (!(anchor instanceof window.HTMLAnchorElement)) return;
    const [here] = document.URL.split("#");
    const [there, place] = anchor.href.split("#");
    if (here === there && place !== undefined) return;
    event.preventDefault();
    if (!downloads.take(anchor)) leave(anchor.href);
  });
  Object.defineProperty(window, "open", {
    value: (url: unknown = "") => {
      leave(URL.parse(`${url}`, document.URL)?.href ?? "");
      return null;
    },
    configurable: true,
    writable: true,
  });
}

/**
 * Stops clicks that open another tab: with a key held, or with the middle button. Firefox opens the
 * links of such clicks even out of a frame that may open none, so that an address with whatever the
 * app knows would leave without a question. There it goes before every listener of the app's, which
 * could keep the click from others, and holds all such clicks, because a link in a closed shadow
 * tree looks like any other element. Other browsers need nothing of this.
 */
export function holdNewTabs(window: Window & typeof globalThis): void {
  if (!window.CSS.supports("-moz-appearance", "none")) return;
  const hold = (event: MouseEvent) => {
    if (opensTab(event)) event.preventDefault();
  };
  window.addEventListener("click", hold, { capture: true });
  window.addEventListener("auxclick", hold, { capture: true });
}

function opensTab({ ctrlKey, metaKey, shiftKey, button }: MouseEvent): boolean {
  return ctrlKey || metaKey || shiftKey || button === 1;
}

/** Tells in the console what the policy stopped, once for each place. */
export function explainBlocked(document: Document): void {
  const told = new Set<string>();
  document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
    const key = `${effectiveDirective} ${blockedURI}`;
    if (told.has(key) || told.size >= 50) return;
    told.add(key);
    warn(
      `Blocked: ${blockedURI} (${effectiveDirective}). An app in the sandbox reaches nothing outside of it.`,
    );
  });
}
