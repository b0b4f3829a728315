// `history` for an opaque frame, where `pushState` throws for every address but the page's own and
// each entry would stand between the person and the browser's Back.
//
// Entries are kept here. The part after `#` is real: `location.hash` reads it. A path cannot be
// shown, because nothing but the page itself may be at the frame's address; the state and the
// `popstate` events are right all the same.

type Entry = { readonly state: unknown; readonly hash: string };

/** Puts the functions of `history` in place. */
export function installHistory(window: Window & typeof globalThis): void {
  const { location, History } = window;
  const replaceNative = History.prototype.replaceState.bind(window.history);
  const entries: Entry[] = [{ state: null, hash: location.hash }];
  let at = 0;

  const here = () => entries[at] as Entry;
  const go = (delta: number) => {
    const to = at + delta;
    if (delta === 0 || to < 0 || to >= entries.length) return;
    const oldURL = location.href;
    at = to;
    show(here());
    window.dispatchEvent(new window.PopStateEvent("popstate", { state: here().state }));
    if (location.href === oldURL) return;
    window.dispatchEvent(
      new window.HashChangeEvent("hashchange", { oldURL, newURL: location.href }),
    );
  };
  const show = ({ hash }: Entry) => {
    if (location.hash !== hash) replaceNative(null, "", hash === "" ? bare(location.href) : hash);
  };
  const entryFor = (state: unknown, url: unknown): Entry => {
    const copy = structuredClone(state);
    if (url === undefined || url === null || url === "") return { state: copy, hash: here().hash };
    return { state: copy, hash: new URL(`${url}`, location.href).hash };
  };

  const members: PropertyDescriptorMap = {
    pushState: {
      value(state: unknown, _title: unknown, url?: unknown) {
        entries.splice(at + 1, entries.length, entryFor(state, url));
        // As browsers do, so that an app in a loop fills no memory.
        if (entries.length > MOST) entries.shift();
        at = entries.length - 1;
        show(here());
      },
    },
    replaceState: {
      value(state: unknown, _title: unknown, url?: unknown) {
        entries[at] = entryFor(state, url);
        show(here());
      },
    },
    // As in browsers, the way takes a turn.
    go: { value: (delta: unknown = 0) => void setTimeout(go, 0, Number(delta) || 0) },
    back: { value: () => void setTimeout(go, 0, -1) },
    forward: { value: () => void setTimeout(go, 0, 1) },
    length: { get: () => entries.length },
    state: { get: () => here().state },
  };
  for (const [name, member] of Object.entries(members)) {
    Object.defineProperty(window.history, name, { ...member, configurable: true });
  }

  // A link to a place on the page, or a script that sets `location.hash`.
  window.addEventListener("hashchange", (event) => {
    if (!event.isTrusted || location.hash === here().hash) return;
    const next = [at - 1, at + 1].find((place) => entries[place]?.hash === location.hash);
    if (next !== undefined) {
      at = next;
      return;
    }
    entries.splice(at + 1, entries.length, { state: null, hash: location.hash });
    at = entries.length - 1;
  });
}

const MOST = 50;

function bare(url: string): string {
  return url.split("#")[0] ?? url;
}
