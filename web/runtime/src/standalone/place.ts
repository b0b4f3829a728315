// Where an exported app keeps its own. Browsers let all files of a disk share one `localStorage`, so
// that every name begins with the app's own word, which the page carries.

/** What every key of this app begins with. */
export const NAMESPACE = `cumulonimbus/${document.documentElement.dataset.app ?? "app"}/`;
