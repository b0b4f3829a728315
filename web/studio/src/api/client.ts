// Every call that the studio makes to the server.
import { text } from "../text";
import type {
  App,
  GenerateRequest,
  Generation,
  Health,
  PermissionGrant,
  ProviderHealth,
  Sample,
  Selected,
  Version,
} from "./types";

/** A refusal by the server, or no answer at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;

  constructor(status: number, code: string, message: string, hint?: string | null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.hint = hint ?? undefined;
  }
}

export const getSession = () =>
  call<{ user: { id: string; name?: string } }>("GET", "/api/session");
export const signIn = (token: string) => call<unknown>("POST", "/api/session", { token });
export const signOut = () => call<unknown>("DELETE", "/api/session");

export const listApps = async () => (await call<{ apps: App[] }>("GET", "/api/apps")).apps;
export const getApp = (id: string) => call<App>("GET", `/api/apps/${id}`);
export const renameApp = (id: string, name: string) =>
  call<App>("PATCH", `/api/apps/${id}`, { name });
export const setLocalOnly = (id: string, localOnly: boolean) =>
  call<App>("PATCH", `/api/apps/${id}`, { localOnly });
export const deleteApp = (id: string) => call<unknown>("DELETE", `/api/apps/${id}`);
export const undeleteApp = (id: string) => call<App>("POST", `/api/apps/${id}/undelete`, {});
export const exportUrl = (id: string) => `/api/apps/${id}/export`;

export const listVersions = async (id: string) =>
  (await call<{ versions: Version[] }>("GET", `/api/apps/${id}/versions`)).versions;
export const getFiles = async (id: string, version: string) =>
  (
    await call<{ files: Record<string, string> }>(
      "GET",
      `/api/apps/${id}/versions/${version}/files`,
    )
  ).files;
export const restoreVersion = (id: string, version: string) =>
  call<unknown>("POST", `/api/apps/${id}/versions/${version}/restore`, {});

export const listGrants = async () =>
  (await call<{ grants: PermissionGrant[] }>("GET", "/api/permissions")).grants;
export const revokeGrant = (app: string) => call<unknown>("DELETE", `/api/apps/${app}/permissions`);

export const listGenerations = async (app: string) =>
  (await call<{ generations: Generation[] }>("GET", `/api/apps/${app}/generations`)).generations;
export const getGeneration = (id: string) => call<Generation>("GET", `/api/generations/${id}`);
export const cancelGeneration = (id: string) => call<unknown>("DELETE", `/api/generations/${id}`);

/** The generations that run now. */
export async function listRunning(): Promise<Generation[]> {
  const answer = await call<Generation[] | { generations: Generation[] }>(
    "GET",
    "/api/generations?active=1",
  );
  return Array.isArray(answer) ? answer : answer.generations;
}

export const getHealth = async () => normalised(await call<Health>("GET", "/api/llm/health"));
export const probeHealth = async () => normalised(await call<Health>("POST", "/api/llm/probe", {}));
export const listSamples = async () =>
  (await call<{ samples: Sample[] }>("GET", "/api/samples")).samples;

/** Starts a generation; the answer's body is its event stream. */
export function openGeneration(request: GenerateRequest, signal: AbortSignal): Promise<Response> {
  return send("POST", "/api/apps/generate-stream", request, signal, "text/event-stream");
}

/** Opens the event stream of a generation after the event numbered `after`. */
export function openEvents(id: string, after: number, signal: AbortSignal): Promise<Response> {
  return send("GET", `/api/generations/${id}/events?after=${after}`, undefined, signal, {
    Accept: "text/event-stream",
    "Last-Event-ID": String(after),
  });
}

function normalised(health: Health): Health {
  const selected = health.selected as (Selected & { model?: unknown }) | null;
  // A nested reference `{model: {provider, model}, local}` means the same as the flat one.
  const nested = selected?.model as unknown;
  if (selected && nested && typeof nested === "object") {
    return { ...health, selected: { ...selected, ...(nested as Selected) } };
  }
  return health;
}

/** Asks for JSON. Throws `ApiError` where the server refuses or does not answer. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new ApiError(
      response.status,
      "not-json",
      text.errors.notOurServer,
      text.errors.notOurServerHint,
    );
  }
}

/** Sends a request and gives the answer of one that was not refused. */
export async function send(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  accept: string | Record<string, string> = "application/json",
): Promise<Response> {
  const headers: Record<string, string> =
    typeof accept === "string" ? { Accept: accept } : { ...accept };
  if (method !== "GET") {
    headers["X-Cumulonimbus"] = "1";
    headers["Content-Type"] = "application/json";
  }
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      ...(method === "GET" ? {} : { body: JSON.stringify(body ?? {}) }),
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError(0, "unreachable", text.errors.unreachable, text.errors.unreachableHint);
  }
  noteClock(response);
  if (response.ok) return response;
  throw await refusal(response);
}

let ahead = 0;

/** How far the server's clock is ahead of this browser's, in milliseconds, to about a second. */
export const serverAhead = () => ahead;

function noteClock(response: Response) {
  const said = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isNaN(said)) return;
  const difference = said - Date.now();
  // The header counts in whole seconds, and answers take a moment: less is the same clock.
  ahead = Math.abs(difference) < 2000 ? 0 : difference;
}

async function refusal(response: Response): Promise<ApiError> {
  let error: { code?: string; message?: string; hint?: string | null } | undefined;
  try {
    error = ((await response.json()) as { error?: typeof error }).error;
  } catch {
    // Not our JSON: a proxy's page, most likely. The status says what there is to say.
  }
  return new ApiError(
    response.status,
    error?.code ?? "http",
    error?.message ?? text.errors.status(response.status),
    error?.hint,
  );
}

/** The providers that could write an app now, the sample generator aside. */
export function readyProviders(health: Health): ProviderHealth[] {
  return health.providers.filter((p) => p.provider !== "demo" && p.enabled && p.healthy);
}

/** Whether a request without an override would reach a model: the sample generator is none. */
export function hasModel(health: Health): boolean {
  const { selected } = health;
  if (selected?.provider && !selected.error) return selected.provider !== "demo";
  return selected === undefined && readyProviders(health).length > 0;
}
