// The parameters of `ui.*`: what an app asks the host page to show. All of it is untrusted text.
import {
  DOWNLOAD_PART_BYTES,
  FRAME_HEIGHT,
  MAX_COPY_CHARS,
  MAX_DIALOG_CHARS,
  MAX_NAME_CHARS,
} from "./limits.ts";
import { plainText } from "./messages.ts";
import type { JsonObject } from "./rpc.ts";

/** What an app wants shown, read and cleaned. */
export type UiRequest =
  | { readonly kind: "toast" | "alert" | "confirm"; readonly message: string }
  | { readonly kind: "prompt"; readonly message: string; readonly initial: string }
  | { readonly kind: "openLink"; readonly url: string }
  | { readonly kind: "copy"; readonly text: string }
  | {
      readonly kind: "download";
      readonly name: string;
      readonly type: string;
      /** Its contents, or a transfer whose parts came before. */
      readonly content:
        | { readonly text: string }
        | { readonly base64: string }
        | { readonly transfer: string };
    }
  | { readonly kind: "part"; readonly transfer: string; readonly base64: string }
  /** No height gives the frame its place back. */
  | { readonly kind: "resize"; readonly height: number | null };

/** Reads the parameters of a `ui.*` method; none if they are malformed. */
export function readUiRequest(method: string, params: JsonObject): UiRequest | undefined {
  return READERS.get(method)?.(params);
}

const READERS: ReadonlyMap<string, (params: JsonObject) => UiRequest | undefined> = new Map([
  ["ui.toast", said("toast")],
  ["ui.alert", said("alert")],
  ["ui.confirm", said("confirm")],
  [
    "ui.prompt",
    ({ message, initial = "" }) =>
      typeof message === "string" && typeof initial === "string"
        ? { kind: "prompt", message: dialogText(message), initial: dialogText(initial) }
        : undefined,
  ],
  ["ui.openLink", ({ url }) => openable(url)],
  [
    "ui.copy",
    ({ text }) =>
      typeof text === "string" && text.length <= MAX_COPY_CHARS
        ? { kind: "copy", text: plainText(text, MAX_COPY_CHARS) }
        : undefined,
  ],
  ["ui.download", download],
  [
    "ui.part",
    ({ transfer, base64 }) =>
      isTransfer(transfer) && isBase64(base64) ? { kind: "part", transfer, base64 } : undefined,
  ],
  [
    "ui.resize",
    ({ height }) =>
      height === null || (typeof height === "number" && Number.isFinite(height))
        ? { kind: "resize", height: height === null ? null : clampHeight(height) }
        : undefined,
  ],
]);

function said(kind: "toast" | "alert" | "confirm") {
  return ({ message }: JsonObject): UiRequest | undefined =>
    typeof message === "string" ? { kind, message: dialogText(message) } : undefined;
}

/** Only addresses of web pages and mail, written out as the browser will open them. */
function openable(value: unknown): UiRequest | undefined {
  if (typeof value !== "string" || value.length > MAX_DIALOG_CHARS) return undefined;
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return undefined;
  }
  const allowed = ["https:", "http:", "mailto:"].includes(url.protocol);
  // A name and password before the host are there to make it read as another one.
  return allowed && url.username === "" && url.password === ""
    ? { kind: "openLink", url: url.href }
    : undefined;
}

function download({ name, type = "", text, base64, transfer }: JsonObject): UiRequest | undefined {
  if (typeof name !== "string" || typeof type !== "string") return undefined;
  const kind = "download";
  const file = { name: fileName(name), type: mimeType(type) };
  if (typeof text === "string") return { kind, ...file, content: { text } };
  if (isBase64(base64)) return { kind, ...file, content: { base64 } };
  if (isTransfer(transfer)) return { kind, ...file, content: { transfer } };
  return undefined;
}

/** A name without folders, control characters and leading dots. */
function fileName(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? "";
  const clean = plainText(last, 1_000)
    .replace(/[\t\n<>:"|?*]/g, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  if (clean.length <= MAX_NAME_CHARS) return clean || "download";
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(clean)?.[0] ?? "";
  return clean.slice(0, MAX_NAME_CHARS - ending.length) + ending;
}

function mimeType(type: string): string {
  return /^[\w.+-]{1,60}\/[\w.+-]{1,60}(?:; ?charset=[\w-]{1,20})?$/i.test(type)
    ? type
    : "application/octet-stream";
}

function isTransfer(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{1,32}$/.test(value);
}

function isBase64(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= (DOWNLOAD_PART_BYTES * 4) / 3 + 4 &&
    value.length % 4 === 0 &&
    /^[A-Za-z0-9+/]*={0,2}$/.test(value)
  );
}

function clampHeight(height: number): number {
  return Math.min(FRAME_HEIGHT.most, Math.max(FRAME_HEIGHT.least, Math.round(height)));
}

function dialogText(text: string): string {
  return plainText(text, MAX_DIALOG_CHARS);
}
