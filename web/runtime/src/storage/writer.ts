import { utf8Length } from "@cumulonimbus/protocol";
import type { AreaChange } from "./area.ts";

/** Sends one `storage.*` call. */
export type Call = (method: string, params: object) => Promise<unknown>;

/** The most of one patch: keys and values in bytes, beside a single value that is larger. */
const PATCH_BYTES = 256 * 1024;
const PATCH_KEYS = 1_000;

/**
 * Writes an area's changes through to the server, in order: those of one turn of the script as one
 * patch, and while a call is on its way only the last value of each key is kept waiting.
 */
export class StorageWriter {
  readonly #call: Call;
  readonly #onFailure: (keys: readonly string[], error: unknown) => void;
  /** What is still to be sent; `undefined` removes the key. */
  readonly #pending = new Map<string, string | undefined>();
  readonly #onTheirWay = new Set<Promise<void>>();
  #clearFirst = false;
  #scheduled = false;

  /** `onFailure` is told the keys of a refused patch, none of a refused clearing. */
  constructor(call: Call, onFailure: (keys: readonly string[], error: unknown) => void) {
    this.#call = call;
    this.#onFailure = onFailure;
  }

  /** Takes note of a change; it is sent when the running script ends. */
  note(change: AreaChange): void {
    if (change.kind === "clear") {
      this.#pending.clear();
      this.#clearFirst = true;
    } else {
      // Back to the end of the queue: keys reach the server in the order of their last change.
      this.#pending.delete(change.key);
      this.#pending.set(change.key, change.kind === "set" ? change.value : undefined);
    }
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#pump();
    });
  }

  /** Sends everything now, without waiting for answers. The promise settles when all are there. */
  async flush(): Promise<void> {
    while (this.#sendNext());
    await Promise.all(this.#onTheirWay);
  }

  #pump(): void {
    if (this.#onTheirWay.size === 0) this.#sendNext();
  }

  #sendNext(): boolean {
    if (this.#clearFirst) {
      this.#clearFirst = false;
      this.#send([], "storage.clear", {});
      return true;
    }
    const set: Record<string, string> = Object.create(null);
    const remove: string[] = [];
    const keys: string[] = [];
    let bytes = 0;
    for (const [key, value] of this.#pending) {
      bytes += utf8Length(key) + utf8Length(value ?? "");
      if (keys.length > 0 && (bytes > PATCH_BYTES || keys.length >= PATCH_KEYS)) break;
      keys.push(key);
      this.#pending.delete(key);
      if (value === undefined) remove.push(key);
      else set[key] = value;
    }
    if (keys.length === 0) return false;
    this.#send(keys, "storage.patch", { set, remove });
    return true;
  }

  #send(keys: readonly string[], method: string, params: object): void {
    const sent: Promise<void> = this.#call(method, params)
      .then(
        () => {},
        (error: unknown) => this.#onFailure(keys, error),
      )
      .finally(() => {
        this.#onTheirWay.delete(sent);
        this.#pump();
      });
    this.#onTheirWay.add(sent);
  }
}
