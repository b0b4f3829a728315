// Stored values that are too long for one message of the frame.
import { isObject, type JsonObject, MAX_STORAGE_BYTES, RpcErrorCode } from "@cumulonimbus/protocol";
import { text } from "../text.ts";
import { Refused } from "./BridgeCall.ts";

/** Gathers the parts of values until the patch that stores them. */
export class StorageParts {
  readonly #texts = new Map<string, string>();
  #chars = 0;

  /** Takes a part. @throws Refused if it is malformed or too much is kept. */
  add({ transfer, text: part }: JsonObject): null {
    if (typeof transfer !== "string" || typeof part !== "string" || transfer.length > 32) {
      throw malformed();
    }
    this.#chars += part.length;
    if (this.#chars > MAX_STORAGE_BYTES) {
      this.#texts.clear();
      this.#chars = 0;
      throw new Refused(RpcErrorCode.tooLarge, text.sandbox.ui.storageFull);
    }
    this.#texts.set(transfer, (this.#texts.get(transfer) ?? "") + part);
    return null;
  }

  /** A patch with its long values in their places. @throws Refused if a part is missing. */
  complete({ large, set, ...rest }: JsonObject): JsonObject {
    if (large === undefined) return { set, ...rest };
    if (!isObject(large) || !isObject(set)) throw malformed();
    const values = Object.entries(large).map(([key, transfer]) => {
      const value = this.#texts.get(String(transfer));
      if (value === undefined)
        throw new Refused(RpcErrorCode.tooLarge, text.sandbox.ui.storageFull);
      this.#texts.delete(String(transfer));
      this.#chars -= value.length;
      return [key, value] as const;
    });
    return { ...rest, set: { ...set, ...Object.fromEntries(values) } };
  }
}

function malformed(): Refused {
  return new Refused(RpcErrorCode.invalidParams, text.sandbox.ui.malformed("storage.part"));
}
