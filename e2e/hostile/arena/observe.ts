/**
 * Keeps what the host page was told at each launch, so that a case knows the token that the frame
 * never sees. In the top page only.
 */
export function observeLaunches(): void {
  if (window !== window.top) return;
  const { fetch } = window;
  const launches: unknown[] = [];
  Object.defineProperty(window, "hostileLaunches", { value: launches });
  Object.defineProperty(window, "hostileDelay", { value: 0, writable: true });
  window.fetch = async (input, init) => {
    const path = String(input);
    const { hostileDelay } = window as unknown as { hostileDelay: number };
    if (path === "/api/sandbox/call" && hostileDelay > 0) {
      await new Promise((resolve) => setTimeout(resolve, hostileDelay));
    }
    const response = await fetch(input, init);
    if (path.endsWith("/launch")) launches.push(await response.clone().json());
    return response;
  };
}
