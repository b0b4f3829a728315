import type { NeededPermission } from "@cumulonimbus/protocol";
import { HOST, type Host } from "../host.ts";

/** A call that was refused or failed. */
export class CumulonimbusError extends Error {
  override readonly name = "CumulonimbusError";
  /**
   * What happened, such as `not-found`, `conflict`, `permission-needed`, `busy` or `closed`; codes
   * of exhausted limits begin with `quota`.
   */
  readonly code: string;
  /** With `permission-needed`: the permission that the person has not given. */
  readonly permission: NeededPermission | undefined;

  constructor(code: string, message: string, permission?: NeededPermission) {
    super(message);
    this.code = code;
    this.permission = permission;
  }
}

/** The host page; none outside of an app's frame. */
export function hostOf(): Host | undefined {
  return (globalThis as { [key: symbol]: unknown })[HOST] as Host | undefined;
}

/** The host page. @throws CumulonimbusError outside of an app's frame. */
export function theHost(): Host {
  const host = hostOf();
  if (host) return host;
  throw new CumulonimbusError("closed", "`cumulonimbus` works only inside an app's frame.");
}

/** Makes a call. @throws CumulonimbusError in the promise. */
export async function call(method: string, params: object, signal?: AbortSignal): Promise<unknown> {
  try {
    return await theHost().call(method, params, signal);
  } catch (error) {
    throw asError(error);
  }
}

/** What failed, as an app sees it. */
export function asError(error: unknown): CumulonimbusError {
  if (error instanceof CumulonimbusError) return error;
  const { code, message, details } = (error ?? {}) as {
    code?: unknown;
    message?: unknown;
    details?: { permission?: NeededPermission["permission"]; domain?: string };
  };
  const { permission, domain } = details ?? {};
  return new CumulonimbusError(
    typeof code === "string" ? code : "failed",
    typeof message === "string" ? message : String(error),
    permission && { permission, ...(domain !== undefined && { domain }) },
  );
}
