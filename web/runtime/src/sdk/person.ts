import { allows, type NeededPermission, type User } from "@cumulonimbus/protocol";
import { useCallback, useSyncExternalStore } from "react";
import { call, hostOf } from "./host.ts";

/** The person who uses the app; null where that is not told. */
export function useUser(): User | null {
  return hostOf()?.user ?? null;
}

/** What an app may know of a permission. */
export type UsePermission = {
  /** `undeclared`: the app's `cumulonimbus.json` does not name it, so that nobody can be asked. */
  readonly state: "granted" | "missing" | "undeclared";
  /** Asks the person, once in a run of the app: whether it is granted now. */
  readonly request: () => Promise<boolean>;
};

/** Whether the person allows `ai`, `sharedData`, or `http` to a domain. */
export function usePermission(
  permission: NeededPermission["permission"],
  domain?: string,
): UsePermission {
  const needed = { permission, ...(domain !== undefined && { domain }) };
  const state = useSyncExternalStore(subscribe, () => stateOf(needed));
  const request = useCallback(
    async () =>
      (await call("permission.request", {
        permission,
        ...(domain !== undefined && { domain }),
      })) === true,
    [permission, domain],
  );
  return { state, request };
}

function subscribe(listener: () => void): () => void {
  return hostOf()?.onPermissions(listener) ?? (() => {});
}

function stateOf(needed: NeededPermission): UsePermission["state"] {
  const permissions = hostOf()?.permissions();
  if (permissions === undefined || !allows(permissions.declared, needed)) return "undeclared";
  return allows(permissions.granted, needed) ? "granted" : "missing";
}
