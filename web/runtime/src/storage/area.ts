import { MAX_KEY_BYTES, MAX_STORAGE_BYTES, utf8Length } from "@cumulonimbus/protocol";

/** What is told of each change, after it was made. */
export type AreaChange =
  | { readonly kind: "set"; readonly key: string; readonly value: string }
  | { readonly kind: "remove"; readonly key: string }
  | { readonly kind: "clear" };

/** Keys and values within a quota, in the order in which the keys were first set. */
export class Area {
  readonly #items: Map<string, string>;
  readonly #onChange: (change: AreaChange) => void;
  #bytes = 0;

  constructor(items: Iterable<[string, string]>, onChange: (change: AreaChange) => void) {
    this.#items = new Map(items);
    this.#onChange = onChange;
    for (const [key, value] of this.#items) this.#bytes += utf8Length(key) + utf8Length(value);
  }

  get(key: string): string | undefined {
    return this.#items.get(key);
  }

  has(key: string): boolean {
    return this.#items.has(key);
  }

  keys(): string[] {
    return [...this.#items.keys()];
  }

  /** @throws DOMException `QuotaExceededError`, as a browser's own storage does. */
  set(key: string, value: string): void {
    const old = this.#items.get(key);
    if (old === value) return;
    const keyBytes = utf8Length(key);
    const valueBytes = utf8Length(value);
    if (keyBytes > MAX_KEY_BYTES || key.includes("\0")) {
      throw quotaExceeded(`A storage key can have at most ${MAX_KEY_BYTES} bytes and no NUL.`);
    }
    const bytes = this.#bytes + valueBytes + (old === undefined ? keyBytes : -utf8Length(old));
    if (bytes > MAX_STORAGE_BYTES) {
      throw quotaExceeded(
        `Setting \`${key.slice(0, 64)}\` would exceed the app's 5 MB of storage.`,
      );
    }
    this.#bytes = bytes;
    this.#items.set(key, value);
    this.#onChange({ kind: "set", key, value });
  }

  remove(key: string): boolean {
    const old = this.#items.get(key);
    if (old === undefined) return false;
    this.#items.delete(key);
    this.#bytes -= utf8Length(key) + utf8Length(old);
    this.#onChange({ kind: "remove", key });
    return true;
  }

  clear(): void {
    if (this.#items.size === 0) return;
    this.#items.clear();
    this.#bytes = 0;
    this.#onChange({ kind: "clear" });
  }
}

function quotaExceeded(message: string): DOMException {
  return new DOMException(message, "QuotaExceededError");
}
