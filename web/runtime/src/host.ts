// What the SDK finds of the host page: one frozen object under a registered symbol, because the
// SDK is a library file of its own that shares no module with this one.
import {
  type Init,
  type JsonObject,
  type PermissionState,
  readPermissionState,
  type User,
} from "@cumulonimbus/protocol";
import type { HostLink, StreamCall } from "./link.ts";

/** The host page as the SDK sees it. */
export type Host = {
  readonly call: (method: string, params: object, signal?: AbortSignal) => Promise<unknown>;
  readonly stream: (
    method: string,
    params: object,
    onChunk: (value: unknown) => void,
  ) => StreamCall;
  readonly user: User | null;
  readonly permissions: () => PermissionState;
  /** Is told when the person has changed what is allowed. The answer ends it. */
  readonly onPermissions: (listener: () => void) => () => void;
};

/** Where the SDK looks for the host. */
export const HOST = Symbol.for("cumulonimbus");

/** What the host page has told about the person and the permissions. */
export class HostInfo {
  readonly user: User | null;
  permissions: PermissionState;
  readonly listeners = new Set<() => void>();

  constructor({ user, permissions }: Init) {
    this.user = user;
    this.permissions = permissions;
  }

  /** Takes a notice of the host page. */
  told(method: string, params: JsonObject): void {
    if (method !== "permission.changed") return;
    const state = readPermissionState(params);
    if (state === undefined) return;
    this.permissions = state;
    for (const listener of this.listeners) listener();
  }
}

/** Puts the host where the SDK finds it. */
export function exposeHost(link: HostLink, info: HostInfo): void {
  const host: Host = {
    call: (method, params, signal) => link.call(method, params, signal),
    stream: (method, params, onChunk) => link.stream(method, params, onChunk),
    user: info.user,
    permissions: () => info.permissions,
    onPermissions(listener) {
      info.listeners.add(listener);
      return () => info.listeners.delete(listener);
    },
  };
  Object.defineProperty(globalThis, HOST, { value: Object.freeze(host) });
}
