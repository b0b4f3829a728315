import { STORAGE_PART_CHARS, utf8Length } from "@cumulonimbus/protocol";
import type { AreaChange } from "./area.ts";

/** Sends one `storage.*` call. */
export type Call = (method: string, params: object) => Promise<unknown>;

/** The most of one patch: keys and values in bytes, beside a single value that is larger. */
const PATCH_BYTES = STORAGE_PART_CHARS;
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
  #transfers = 0;
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
    const [key] = keys;
    if (key === undefined) return false;
    const large = keys.length === 1 ? set[key] : undefined;
    if (large !== undefined && large.length > STORAGE_PART_CHARS) this.#sendLarge(key, large);
    else this.#send(keys, "storage.patch", { set, remove });
    return true;
  }

  /** A value that is too long for one message goes to the host page in parts. */
  #sendLarge(key: string, value: string): void {
    const transfer = `v${++this.#transfers}`;
    for (let at = 0; at < value.length; at += STORAGE_PART_CHARS) {
      const text = value.slice(at, at + STORAGE_PART_CHARS);
      // What went wrong with a part, the patch says once.
      this.#call("storage.part", { transfer, text }).catch(() => {});
    }
    this.#send([key], "storage.patch", { set: {}, remove: [], large: { [key]: transfer } });
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
