// What an opaque origin takes away from an app, given back where that can be done.
import { warn } from "./console.ts";
import { showNotice } from "./notice.ts";

/** Makes reading and writing `document.cookie` do nothing instead of throwing. */
export function quietCookies(document: Document): void {
  Object.defineProperty(document, "cookie", { get: () => "", set: () => {}, configurable: true });
}

/**
 * Stops links from leaving the page, and says where they lead. A frame that navigates is closed by
 * its host; a link to a place on the same page works.
 */
export function holdLinks(window: Window & typeof globalThis): void {
  const { document } = window;
  window.addEventListener("click", (event) => {
    if (event.defaultPrevented || !(event.target instanceof window.Element)) return;
    const link = event.target.closest("a[href]");
    if (!(link instanceof window.HTMLAnchorElement)) return;
    if (/^(?:blob|data):/.test(link.href) && link.hasAttribute("download")) return;
    const [here] = document.URL.split("#");
    const [there, place] = link.href.split("#");
    if (here === there && place !== undefined) return;
    event.preventDefault();
    showNotice(leadsTo(link.href));
  });
  Object.defineProperty(window, "open", {
    value: (url: unknown = "") => {
      showNotice(leadsTo(`${url}`));
      return null;
    },
    configurable: true,
    writable: true,
  });
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

function leadsTo(url: string): string {
  return /^https?:/.test(url)
    ? `This link leads out of the app: ${url}`
    : "This link leads to a page that the app does not have.";
}
