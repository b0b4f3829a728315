// The calls of the SDK, answered without a server. What only a server can do says so.
import { fromBase64, isObject, type JsonObject } from "@cumulonimbus/protocol";
import { CallError, type StreamCall } from "../link.ts";
import * as records from "./records.ts";

/** Why a call is not answered here. */
const NEEDS_SERVER =
  "This copy of the app runs by itself, without Cumulonimbus: here it can ask neither a model nor other sites.";

const parts = new Map<string, string[]>();

/** Answers a call. @throws CallError where the server would refuse, or is needed. */
export async function answer(method: string, given: object): Promise<unknown> {
  const params = given as JsonObject;
  const text = (name: string) => String(params[name] ?? "");
  switch (method) {
    case "data.list":
      return records.list(params);
    case "data.get":
      return records.get(params);
    case "data.query":
      return records.query(params);
    case "data.create":
      return records.create(params);
    case "data.update":
      return records.update(params);
    case "data.delete":
      return records.remove(params);
    case "ui.alert":
      return window.alert(text("message"));
    case "ui.toast":
      return toast(text("message"));
    case "ui.confirm":
      return window.confirm(text("message"));
    case "ui.prompt":
      return window.prompt(text("message"), text("initial"));
    case "ui.openLink":
      // With `noopener` nothing tells whether a tab was opened.
      window.open(text("url"), "_blank", "noopener");
      return true;
    case "ui.copy":
      return navigator.clipboard.writeText(text("text")).then(
        () => true,
        () => false,
      );
    case "ui.part":
      parts.set(text("transfer"), [...(parts.get(text("transfer")) ?? []), text("base64")]);
      return null;
    case "ui.download":
      return download(params);
    case "ui.resize":
      return window.innerHeight;
    case "permission.request":
      return false;
    case "user.get":
      return null;
    case "http.fetch":
      throw new CallError("unavailable", NEEDS_SERVER);
    default:
      throw new CallError("unknown-method", `There is no \`${method}\` in this copy of the app.`);
  }
}

/** Answers a call whose answer comes in pieces. */
export function subscribe(
  method: string,
  params: object,
  onChunk: (value: unknown) => void,
): StreamCall {
  if (method !== "data.subscribe" || !isObject(params)) {
    const done = Promise.reject(new CallError("unavailable", NEEDS_SERVER));
    return { done, used: () => {}, cancel: () => {} };
  }
  let reject: (error: CallError) => void = () => {};
  const done = new Promise<never>((_, no) => {
    reject = no;
  });
  const stop = records.watch(params, onChunk);
  return {
    done,
    used: () => {},
    cancel: () => {
      stop();
      reject(new CallError("cancelled", "The call was cancelled."));
    },
  };
}

function download(params: JsonObject): boolean {
  const transfer = String(params.transfer ?? "");
  const pieces = parts.get(transfer) ?? [String(params.base64 ?? "")];
  parts.delete(transfer);
  const blob = new Blob(pieces.map(fromBase64), { type: String(params.type ?? "") });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = String(params.name ?? "file");
  link.click();
  // The browser has taken its copy long before.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return true;
}

function toast(message: string): null {
  const box = document.createElement("div");
  box.setAttribute("role", "status");
  box.textContent = message;
  box.style.cssText =
    "position:fixed;inset:auto 1rem 1rem;margin:auto;width:fit-content;max-width:90vw;z-index:2147483647;" +
    "padding:.6rem 1rem;border-radius:.6rem;background:#18181b;color:#fafafa;font:14px/1.4 system-ui,sans-serif";
  document.body.append(box);
  setTimeout(() => box.remove(), 4_000);
  return null;
}
