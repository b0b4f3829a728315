// What an app may do beyond its own data, as the server says it. Who decides is the server: these
// types are for telling people and apps.
import { isObject } from "./rpc.ts";

/** A set of permissions. */
export type Permissions = {
  /** Asking the model, at the cost of whoever uses the app. */
  readonly ai: boolean;
  /** Host names that it may reach through the server. */
  readonly domains: readonly string[];
  /** Writing to what everybody who uses the app sees. */
  readonly sharedData: boolean;
};

/** A set with what the app gives as its reasons. */
export type DeclaredPermissions = Permissions & {
  readonly reasons?: { readonly [name: string]: string };
};

/** What an app has declared and what the person has allowed. */
export type PermissionState = {
  readonly declared: DeclaredPermissions;
  readonly granted: Permissions;
};

/** One permission, as a call needs it. */
export type PermissionName = "ai" | "http" | "sharedData";

/** What a call lacked. */
export type NeededPermission = {
  readonly permission: PermissionName;
  /** With `http`. */
  readonly domain?: string;
};

/** The empty set. */
export const NO_PERMISSIONS: Permissions = { ai: false, domains: [], sharedData: false };

/** Whether a set allows something. `http` without a domain asks whether any domain is allowed. */
export function allows(set: Permissions, { permission, domain }: NeededPermission): boolean {
  if (permission === "http") {
    return domain === undefined ? set.domains.length > 0 : set.domains.includes(domain);
  }
  return set[permission];
}

/** What is in `all` and not in `some`. */
export function without(all: Permissions, some: Permissions): Permissions {
  return {
    ai: all.ai && !some.ai,
    domains: all.domains.filter((domain) => !some.domains.includes(domain)),
    sharedData: all.sharedData && !some.sharedData,
  };
}

/** What is in either. */
export function union(a: Permissions, b: Permissions): Permissions {
  return {
    ai: a.ai || b.ai,
    domains: [...new Set([...a.domains, ...b.domains])].sort(),
    sharedData: a.sharedData || b.sharedData,
  };
}

/** Whether a set holds nothing. */
export function isEmpty({ ai, domains, sharedData }: Permissions): boolean {
  return !ai && !sharedData && domains.length === 0;
}

/** Reads a set; none if it is something else. */
export function readPermissions(value: unknown): DeclaredPermissions | undefined {
  if (!isObject(value)) return undefined;
  const { ai, domains, sharedData, reasons } = value;
  if (typeof ai !== "boolean" || typeof sharedData !== "boolean") return undefined;
  if (!Array.isArray(domains) || domains.some((domain) => typeof domain !== "string")) {
    return undefined;
  }
  const told = Object.entries(isObject(reasons) ? reasons : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return {
    ai,
    domains: domains as string[],
    sharedData,
    ...(told.length > 0 && { reasons: Object.fromEntries(told) }),
  };
}

/** Reads a state; none if it is something else. */
export function readPermissionState(value: unknown): PermissionState | undefined {
  if (!isObject(value)) return undefined;
  const declared = readPermissions(value.declared);
  const granted = readPermissions(value.granted);
  return declared && granted && { declared, granted };
}

/** Reads what a call lacked or an app asks for; none if it is something else. */
export function readNeeded(value: unknown): NeededPermission | undefined {
  if (!isObject(value)) return undefined;
  const { permission, domain } = value;
  if (permission !== "ai" && permission !== "http" && permission !== "sharedData") return undefined;
  return { permission, ...(typeof domain === "string" && { domain }) };
}
