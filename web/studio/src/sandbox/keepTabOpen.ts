let kept = false;

/**
 * Gives the tab a history of two pages, once in the life of this page: in one browser a sandboxed
 * frame can close a tab that has a history of one. To be called before an app is framed.
 */
export function keepTabOpen(): void {
  if (kept) return;
  kept = true;
  history.pushState(history.state, "");
}
