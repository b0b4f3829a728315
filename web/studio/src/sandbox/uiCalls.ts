// `ui.*`: what an app may ask the page around it to show. The texts are the app's; the words and
// buttons around them are ours.
import {
  fromBase64,
  type JsonObject,
  MAX_DOWNLOAD_BYTES,
  RpcErrorCode,
  readUiRequest,
  TokenBucket,
} from "@cumulonimbus/protocol";
import { text } from "../text.ts";
import { type BridgeCall, Refused } from "./BridgeCall.ts";
import type { Dialogs } from "./Dialogs.ts";

/** What the page does for an app. */
export type UiOptions = {
  readonly dialogs: Dialogs;
  readonly toast: (message: string) => void;
  /** Gives the frame a height, or all the place there is; the answer is what it got. */
  readonly resize: (height: number | null) => number;
};

const TOAST_RATE = { perSecond: 0.5, burst: 3 };
const MAX_TRANSFERS = 2;

/** Carries `ui.*` out for one run of an app. Rejects with `Refused`. */
export function uiCalls({ dialogs, toast, resize }: UiOptions) {
  const toasts = new TokenBucket(TOAST_RATE, performance.now());
  const transfers = new Map<string, Uint8Array[]>();

  function addPart(transfer: string, base64: string): void {
    const parts = transfers.get(transfer) ?? [];
    const part = fromBase64(base64);
    const total = [...transfers.values()].flat().reduce((sum, { length }) => sum + length, 0);
    const fits = total + part.length <= MAX_DOWNLOAD_BYTES;
    if (!fits || (!transfers.has(transfer) && transfers.size >= MAX_TRANSFERS)) {
      transfers.clear();
      throw new Refused(RpcErrorCode.tooLarge, text.sandbox.ui.tooLarge);
    }
    transfers.set(transfer, [...parts, part]);
  }

  function takeParts(transfer: string): Uint8Array<ArrayBuffer> {
    const parts = transfers.get(transfer) ?? [];
    transfers.delete(transfer);
    const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  return async (method: string, params: JsonObject, call: BridgeCall): Promise<unknown> => {
    const asked = readUiRequest(method, params);
    if (asked === undefined) {
      throw new Refused(RpcErrorCode.invalidParams, text.sandbox.ui.malformed(method));
    }
    switch (asked.kind) {
      case "toast":
        if (!toasts.take(performance.now())) {
          throw new Refused(RpcErrorCode.busy, text.sandbox.ui.tooMany);
        }
        toast(asked.message);
        return null;
      case "resize":
        return resize(asked.height);
      case "part":
        addPart(asked.transfer, asked.base64);
        return null;
      case "download": {
        const { name, content } = asked;
        const bytes =
          "transfer" in content
            ? takeParts(content.transfer)
            : "base64" in content
              ? fromBase64(content.base64)
              : new TextEncoder().encode(content.text);
        return (await dialogs.ask({ kind: "download", name, bytes }, call.signal)) === true;
      }
      case "alert":
        await dialogs.ask({ kind: "alert", message: asked.message }, call.signal);
        return null;
      case "confirm":
        return (
          (await dialogs.ask({ kind: "confirm", message: asked.message }, call.signal)) === true
        );
      case "prompt": {
        const answer = await dialogs.ask(asked, call.signal);
        return typeof answer === "string" ? answer : null;
      }
      default:
        return (await dialogs.ask(asked, call.signal)) === true;
    }
  };
}
