/** By which way something arrived at a sink. */
export type Via = "dns" | "http" | "tls" | "tcp" | "udp";

/** Something that arrived. */
export interface Hit {
  readonly via: Via;
  /** What was asked for, in a few words. */
  readonly what: string;
}

/** Notes that something arrived; `text` is where its tag is looked for. */
export type Note = (via: Via, what: string, text: string) => void;

/** Every attack has a name of its own, so that each hit says whose it is. */
const TAG = /v\d{3}[a-z0-9]{8}/;

/** Everything that arrived, by tag. */
export class Hits {
  readonly #byTag = new Map<string, Hit[]>();
  readonly #waiting = new Map<string, Set<() => void>>();
  /** What no attack's tag accounts for: what the browser does by itself. */
  readonly untagged = new Set<string>();

  readonly note: Note = (via, what, text) => {
    const tag = TAG.exec(text)?.[0];
    if (tag === undefined) {
      if (this.untagged.size < 1000) this.untagged.add(`${via} ${what}`);
      return;
    }
    const hits = this.#byTag.get(tag) ?? [];
    if (hits.length < 100) hits.push({ via, what: what.slice(0, 200) });
    this.#byTag.set(tag, hits);
    for (const wake of this.#waiting.get(tag) ?? []) wake();
    this.#waiting.delete(tag);
  };

  of(tag: string): readonly Hit[] {
    return this.#byTag.get(tag) ?? [];
  }

  /** The hits of a tag once there is one, or none after so many milliseconds. */
  async wait(tag: string, milliseconds: number): Promise<readonly Hit[]> {
    if (this.of(tag).length === 0) {
      await new Promise<void>((resolve) => {
        const waiting = this.#waiting.get(tag) ?? new Set();
        waiting.add(resolve);
        this.#waiting.set(tag, waiting);
        setTimeout(resolve, milliseconds);
      });
    }
    return this.of(tag);
  }
}
