import { MAX_CONSOLE_CHARS, MAX_ERROR_CHARS, MAX_STACK_CHARS, PROTOCOL_VERSION } from "./limits.ts";
import { NO_PERMISSIONS, type PermissionState, readPermissionState } from "./permissions.ts";
import { isObject, type JsonObject } from "./rpc.ts";

/** The JSON block in the app's document, written by the server. */
export type LaunchBlock = {
  /** The origin of the page that may host this frame. */
  readonly host: string;
  /** The launch that this document was opened for. */
  readonly launch: string;
  /** The app's id. */
  readonly app: string;
  /** The version's id. */
  readonly version: string;
};

/** The frame's first message, and the only one that does not go over the port. */
export type Hello = {
  readonly hello: "cumulonimbus";
  readonly v: typeof PROTOCOL_VERSION;
  readonly launch: string;
};

/** Keys and values of a storage area. */
export type StorageArea = { readonly [key: string]: string };

/** The host's first message over the port, and the only one that is not signed: it brings the key. */
export type Init = {
  readonly v: typeof PROTOCOL_VERSION;
  /** 64 hexadecimal digits. */
  readonly key: string;
  /** What the person's storage for this app holds. */
  readonly storage: { readonly local: StorageArea };
  /** Who uses the app, as far as it is told. */
  readonly user: User | null;
  /** What the app has declared, and what the person has allowed. */
  readonly permissions: PermissionState;
};

/** A person as an app sees them. */
export type User = {
  /** Stays the same in this app and tells nothing elsewhere. */
  readonly id: string;
  readonly name: string;
};

/** What a person sees of an app. */
export type AppState = "loading" | "ready" | "blank" | "error";

/** `app.state`, with what is known of the cause. */
export type AppStateReport = ErrorReport & { readonly state: "ready" | "blank" | "error" };

/** `error.report`: an error in the app that left it running. */
export type ErrorReport = {
  /** Plain text; empty when the state is `ready`. */
  readonly message: string;
  /** The stack trace as the browser gave it. */
  readonly stack?: string;
  /** Line in the app's bundle, from 1. */
  readonly line?: number;
  /** Column in the app's bundle, from 1. */
  readonly column?: number;
};

/** How a console line was written. */
export type ConsoleLevel = "debug" | "log" | "info" | "warn" | "error";

/** `console`: a line that the app wrote. */
export type ConsoleLine = { readonly level: ConsoleLevel; readonly text: string };

/** Reads the hello; none if it is something else. */
export function readHello(value: unknown): Hello | undefined {
  if (!isObject(value)) return undefined;
  const { hello, v, launch } = value;
  if (hello !== "cumulonimbus" || v !== PROTOCOL_VERSION) return undefined;
  if (typeof launch !== "string" || launch === "" || launch.length > 128) return undefined;
  return { hello, v, launch };
}

/** Reads the launch block's text. @throws Error with a sentence if a member is missing. */
export function readLaunchBlock(text: string): LaunchBlock {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) throw new Error("The launch block must be a JSON object.");
  const member = (name: string): string => {
    const text = value[name];
    if (typeof text !== "string" || text === "") {
      throw new Error(`The launch block needs \`${name}\`.`);
    }
    return text;
  };
  return {
    host: member("host"),
    launch: member("launch"),
    app: member("app"),
    version: member("version"),
  };
}

/** Reads the init message's text; none if it is something else. */
export function readInit(text: unknown): Init | undefined {
  if (typeof text !== "string") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value.v !== PROTOCOL_VERSION) return undefined;
  const { key, storage } = value;
  if (typeof key !== "string" || !/^[0-9a-f]{64}$/.test(key)) return undefined;
  if (!isObject(storage) || !isObject(storage.local)) return undefined;
  const local = Object.entries(storage.local);
  if (local.some(([, item]) => typeof item !== "string")) return undefined;
  return {
    v: PROTOCOL_VERSION,
    key,
    storage: { local: storage.local as StorageArea },
    user: readUser(value.user) ?? null,
    permissions: readPermissionState(value.permissions) ?? {
      declared: NO_PERMISSIONS,
      granted: NO_PERMISSIONS,
    },
  };
}

/** Reads a person; none if it is something else. */
export function readUser(value: unknown): User | undefined {
  if (!isObject(value)) return undefined;
  const { id, name } = value;
  return typeof id === "string" && typeof name === "string" ? { id, name } : undefined;
}

/** Reads the params of `app.state`; none if they are malformed. Texts are cut and cleaned. */
export function readAppState(params: JsonObject): AppStateReport | undefined {
  const { state } = params;
  if (state !== "ready" && state !== "blank" && state !== "error") return undefined;
  const report = readErrorReport(params);
  return report && { ...report, state };
}

/** Reads the params of `error.report`; none if they are malformed. Texts are cut and cleaned. */
export function readErrorReport(params: JsonObject): ErrorReport | undefined {
  const { message, stack, line, column } = params;
  if (typeof message !== "string") return undefined;
  return {
    message: plainText(message, MAX_ERROR_CHARS),
    ...(typeof stack === "string" && { stack: plainText(stack, MAX_STACK_CHARS) }),
    ...(isPosition(line) && { line }),
    ...(isPosition(column) && { column }),
  };
}

const LEVELS: ReadonlySet<unknown> = new Set<ConsoleLevel>([
  "debug",
  "log",
  "info",
  "warn",
  "error",
]);

/** Reads the params of `console`; none if they are malformed. The text is cut and cleaned. */
export function readConsoleLine(params: JsonObject): ConsoleLine | undefined {
  const { level, text } = params;
  if (!LEVELS.has(level) || typeof text !== "string") return undefined;
  return { level: level as ConsoleLevel, text: plainText(text, MAX_CONSOLE_CHARS) };
}

// Control characters except tab and line feed, and the marks that reorder or hide text: with them
// an app could make the host page's own words read differently.
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** An untrusted text for display: at most `max` characters, without control and reordering marks. */
export function plainText(text: string, max: number): string {
  const cut = text.length > max ? `${text.slice(0, max - 1)}…` : text;
  return cut.replace(UNPRINTABLE, "");
}

function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
