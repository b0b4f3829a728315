import type { AreaChange } from "./area.ts";

/** Sends one `storage.*` call. */
export type Call = (method: string, params: object) => Promise<unknown>;

const AT_A_TIME = 4;

/**
 * Writes an area's changes through to the server: the first at once, in order, and while calls are
 * on their way only the last value of each key is kept waiting.
 */
export class StorageWriter {
  readonly #call: Call;
  readonly #onFailure: (key: string | undefined, error: unknown) => void;
  /** What is still to be sent; `undefined` removes the key. */
  readonly #pending = new Map<string, string | undefined>();
  #clearFirst = false;
  #inFlight = 0;
  #scheduled = false;

  constructor(call: Call, onFailure: (key: string | undefined, error: unknown) => void) {
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
      this.#pump(AT_A_TIME);
    });
  }

  /** Sends everything now, without waiting for answers. */
  flush(): void {
    this.#pump(Number.POSITIVE_INFINITY);
  }

  #pump(limit: number): void {
    while (this.#inFlight < limit) {
      if (this.#clearFirst) {
        this.#clearFirst = false;
        this.#send(undefined, "storage.clear", {});
        continue;
      }
      const next = this.#pending.entries().next();
      if (next.done) return;
      const [key, value] = next.value;
      this.#pending.delete(key);
      if (value === undefined) this.#send(key, "storage.remove", { key });
      else this.#send(key, "storage.set", { key, value });
    }
  }

  #send(key: string | undefined, method: string, params: object): void {
    this.#inFlight++;
    this.#call(method, params)
      .catch((error: unknown) => this.#onFailure(key, error))
      .finally(() => {
        this.#inFlight--;
        this.#pump(AT_A_TIME);
      });
  }
}
