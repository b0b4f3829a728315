// JSON-RPC 2.0 over the port.

/** A parsed JSON object whose members have not been looked at. */
export type JsonObject = { readonly [key: string]: unknown };

/** A call that wants an answer. */
export type RpcRequest = {
  readonly kind: "request";
  readonly id: number | string;
  readonly method: string;
  readonly params: JsonObject;
};

/** A call that wants none. */
export type RpcNotification = {
  readonly kind: "notification";
  readonly method: string;
  readonly params: JsonObject;
};

/** Why a call failed. `data.code` is the server's word for it, such as `conflict`. */
export type RpcError = {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
};

/** An answer. */
export type RpcResponse = { readonly kind: "response"; readonly id: number | string | null } & (
  | { readonly result: unknown }
  | { readonly error: RpcError }
);

/** Any message. */
export type RpcMessage = RpcRequest | RpcNotification | RpcResponse;

/** The codes of errors: JSON-RPC's own, and ours from −32000 down. */
export const RpcErrorCode = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  /** The server refused or failed; `data.code` says how. */
  server: -32000,
  /** The person has not allowed it; `data` is `{code: "permission-needed", permission, domain?}`. */
  permission: -32001,
  /** Too many messages, or too much, in a second. */
  rate: -32002,
  /** Longer than 1 MiB, or nested deeper than 32. */
  tooLarge: -32003,
  /** No answer within 30 s. */
  timeout: -32004,
  /** The host page has closed the bridge. */
  closed: -32005,
  /** Too many calls are unanswered, streams open, or questions waiting. */
  busy: -32006,
  /** The frame itself has taken the call back. */
  cancelled: -32007,
} as const;

/**
 * Who carries a call out: the server within 30 s; the server as a stream of `$/chunk`s; or the host
 * page, which asks the person and waits as long as that takes.
 */
export type Carrier = "server" | "stream" | "person";

/** Every method that the frame may call. */
const METHODS: ReadonlyMap<string, Carrier> = new Map<string, Carrier>([
  ["data.list", "server"],
  ["data.get", "server"],
  ["data.query", "server"],
  ["data.create", "server"],
  ["data.update", "server"],
  ["data.delete", "server"],
  ["data.subscribe", "stream"],
  ["storage.set", "server"],
  ["storage.remove", "server"],
  ["storage.clear", "server"],
  ["storage.patch", "server"],
  ["storage.part", "server"],
  ["user.get", "server"],
  ["http.fetch", "server"],
  ["ai.complete", "stream"],
  ["permission.request", "person"],
  ["ui.toast", "person"],
  ["ui.alert", "person"],
  ["ui.confirm", "person"],
  ["ui.prompt", "person"],
  ["ui.openLink", "person"],
  ["ui.download", "person"],
  ["ui.part", "person"],
  ["ui.copy", "person"],
  ["ui.resize", "person"],
]);

/** Who carries a method out; none if there is no such method. */
export function carrierOf(method: string): Carrier | undefined {
  return METHODS.get(method);
}

/** What a text could not be read as. */
export type Unreadable = { readonly kind: "unreadable"; readonly error: RpcError };

/** Reads one message. The caller has checked its length and depth. Batches are not accepted. */
export function parseMessage(text: string): RpcMessage | Unreadable {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable(RpcErrorCode.parse, "The message is not JSON.");
  }
  if (!isObject(value) || value.jsonrpc !== "2.0") {
    return unreadable(RpcErrorCode.invalidRequest, "The message is not a JSON-RPC 2.0 object.");
  }
  if (Object.hasOwn(value, "method")) return parseCall(value);
  return parseResponse(value);
}

function parseCall(value: JsonObject): RpcMessage | Unreadable {
  const { method, id, params = {} } = value;
  if (typeof method !== "string" || method.length > 64) {
    return unreadable(RpcErrorCode.invalidRequest, "`method` must be a string.");
  }
  if (!isObject(params)) {
    return unreadable(RpcErrorCode.invalidRequest, "`params` must be an object.");
  }
  if (id === undefined) return { kind: "notification", method, params };
  if (!isId(id)) {
    return unreadable(RpcErrorCode.invalidRequest, "`id` must be an integer or a short string.");
  }
  return { kind: "request", id, method, params };
}

function parseResponse(value: JsonObject): RpcMessage | Unreadable {
  const { id, error } = value;
  if (id !== null && !isId(id)) {
    return unreadable(RpcErrorCode.invalidRequest, "An answer needs the `id` of its call.");
  }
  if (isObject(error) && typeof error.code === "number" && typeof error.message === "string") {
    const { code, message, data } = error;
    return { kind: "response", id, error: { code, message, data } };
  }
  if (Object.hasOwn(value, "result")) return { kind: "response", id, result: value.result };
  return unreadable(RpcErrorCode.invalidRequest, "An answer needs a `result` or an `error`.");
}

/** Whether a parsed JSON value is an object, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number | string {
  return Number.isSafeInteger(value) || (typeof value === "string" && value.length <= 64);
}

function unreadable(code: number, message: string): Unreadable {
  return { kind: "unreadable", error: { code, message } };
}
