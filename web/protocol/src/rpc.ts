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
  /** 64 calls are unanswered. */
  busy: -32001,
  /** Too many messages, or too much, in a second. */
  rate: -32002,
  /** Longer than 1 MiB, or nested deeper than 32. */
  tooLarge: -32003,
  /** No answer within 30 s. */
  timeout: -32004,
  /** The host page has closed the bridge. */
  closed: -32005,
} as const;

/** Methods that the frame may only notify of. */
export const NOTIFICATIONS: ReadonlySet<string> = new Set(["app.state", "error.report", "console"]);

const FORWARDED: ReadonlySet<string> = new Set([
  "data.list",
  "data.get",
  "data.create",
  "data.update",
  "data.delete",
  "storage.set",
  "storage.remove",
  "storage.clear",
]);

/** Whether a method is passed on to the server, which decides what it may do. */
export function isForwarded(method: string): boolean {
  return FORWARDED.has(method);
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
