// Which page an address names. Pages are full loads: the server allows each page to frame
// exactly the app that its address names, and a policy belongs to a load.

export type Route =
  | { page: "home" }
  | { page: "new"; prompt: string }
  | { page: "app"; appId: string }
  | { page: "studio"; appId: string; generationId: string | null }
  | { page: "settings" }
  | { page: "lost" };

const ID = "[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}";
const APP = new RegExp(`^/(apps|studio)/(${ID})/?$`);

/** Reads an address, such as `/studio/018f…` with the query `?generation=018f…`. */
export function routeOf(pathname: string, search: string): Route {
  const query = new URLSearchParams(search);
  if (pathname === "/") return { page: "home" };
  if (pathname === "/new") return { page: "new", prompt: query.get("prompt") ?? "" };
  if (pathname === "/settings") return { page: "settings" };
  const [, kind, appId] = APP.exec(pathname) ?? [];
  if (kind === "apps" && appId) return { page: "app", appId };
  if (kind === "studio" && appId) {
    return { page: "studio", appId, generationId: query.get("generation") };
  }
  return { page: "lost" };
}

/** The page where an app runs alone. */
export const appPath = (appId: string) => `/apps/${appId}`;

/** The page where an app is made, following a generation when one is named. */
export function studioPath(appId: string, generationId?: string | null): string {
  return `/studio/${appId}${generationId ? `?generation=${generationId}` : ""}`;
}
