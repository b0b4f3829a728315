// Starting an app, and what is decided about it from the page around it.
import type { DeclaredPermissions, Permissions, StorageArea, User } from "@cumulonimbus/protocol";
import { request } from "./request.ts";

/** A started app: what the frame loads, and the token that speaks for it. */
export type Launch = {
  readonly appId: string;
  readonly versionId: string;
  /** The frame's address: good once, for 30 s. */
  readonly url: string;
  readonly launch: string;
  readonly token: string;
  readonly storage: { readonly local: StorageArea };
  readonly user?: User | undefined;
  readonly permissions?: LaunchPermissions | undefined;
};

/** What an app has declared, what of it the person has allowed, and what not. */
export type LaunchPermissions = {
  readonly declared: DeclaredPermissions;
  readonly granted: Permissions;
  readonly missing: Permissions;
};

/** The kinds of addresses at which apps are reached. */
export type AppOrigin = "own" | "swap";

/** Starts an app's head, or one of its versions. @throws ServerError */
export async function launchApp(
  appId: string,
  versionId: string | undefined,
  origin: AppOrigin,
  signal: AbortSignal,
): Promise<Launch> {
  const body = {
    ...(versionId !== undefined && { versionId }),
    ...(origin === "swap" && { origin }),
  };
  return (await request(launchPath(appId), { body, signal })) as Launch;
}

/** Stores what the person allows a version. @throws ServerError */
export async function allow(appId: string, versionId: string, set: Permissions): Promise<void> {
  const { ai, domains, sharedData } = set;
  await request(`/api/apps/${encodeURIComponent(appId)}/permissions`, {
    method: "PUT",
    body: { versionId, allow: { ai, domains, sharedData } },
  });
}

/** A new token for a launch, with what is allowed by now. @throws ServerError */
export async function renewLaunch(appId: string, token: string): Promise<Renewed> {
  return (await request(`${launchPath(appId)}/renew`, { body: { token } })) as Renewed;
}

/** A new token, and what it allows where the server says so. */
export type Renewed = {
  readonly token: string;
  readonly permissions?: LaunchPermissions | undefined;
};

/** Tells the server that a launch is over. @throws ServerError */
export async function revokeLaunch(appId: string, token: string): Promise<void> {
  await request(`${launchPath(appId)}/revoke`, { body: { token } });
}

let probed: Promise<AppOrigin> | undefined;

/**
 * Whether this browser reaches apps at host names of their own. Asked once in the life of a page:
 * some resolvers do not know names below `localhost`.
 */
export function appOrigin(): Promise<AppOrigin> {
  probed ??= probe();
  return probed;
}

async function probe(): Promise<AppOrigin> {
  const { protocol, hostname, port } = location;
  if (protocol !== "http:" || !["localhost", "127.0.0.1"].includes(hostname)) return "own";
  try {
    const signal = AbortSignal.timeout(3_000);
    await fetch(`http://probe.localhost:${port}/ping`, { signal, credentials: "omit" });
    return "own";
  } catch {
    return "swap";
  }
}

function launchPath(appId: string): string {
  return `/api/apps/${encodeURIComponent(appId)}/launch`;
}
