import { MAX_MODEL_STREAMS } from "@cumulonimbus/protocol";

/** Gives the turn back. */
type Release = () => void;

/** What of `navigator.locks` is needed: it is missing in pages reached over plain HTTP. */
export type Locks = Pick<LockManager, "request">;

/**
 * The turns in which models are asked. A browser has six connections to one host for all its
 * windows, and each answer takes one for as long as it comes: so a few come at a time, over all
 * windows, and the others wait. Where the browser has no locks, the windows do not know of each
 * other, and each has as many.
 */
export class ModelTurns {
  readonly #locks: Locks | undefined;
  readonly #waiting: (() => void)[] = [];
  #free = MAX_MODEL_STREAMS;

  constructor(locks: Locks | undefined) {
    this.#locks = locks;
  }

  /** Does something in a turn. Rejects with the signal's reason if it aborts before. */
  async take<T>(signal: AbortSignal, act: () => Promise<T>): Promise<T> {
    const release = await (this.#locks ? anyLock(this.#locks, signal) : this.#here(signal));
    try {
      signal.throwIfAborted();
      return await act();
    } finally {
      release();
    }
  }

  async #here(signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else {
      await new Promise<void>((go, fail) => {
        this.#waiting.push(go);
        signal.addEventListener("abort", () => {
          const at = this.#waiting.indexOf(go);
          if (at === -1) return;
          this.#waiting.splice(at, 1);
          fail(signal.reason);
        });
      });
    }
    return () => {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }
}

/** The turns of this page. */
export const modelTurns = new ModelTurns(
  typeof navigator === "undefined" ? undefined : navigator.locks,
);

/** Waits for the first of the locks that is free. */
function anyLock(locks: Locks, signal: AbortSignal): Promise<Release> {
  return new Promise((resolve, reject) => {
    const waiting = new AbortController();
    const stop = () => {
      waiting.abort();
      reject(signal.reason);
    };
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop);
    let taken = false;
    for (let n = 1; n <= MAX_MODEL_STREAMS; n++) {
      const name = `cumulonimbus-model-${n}`;
      const held = locks.request(name, { signal: waiting.signal }, () => {
        // Two may be granted in one moment: the second is given back at once.
        if (taken || waiting.signal.aborted) return undefined;
        taken = true;
        signal.removeEventListener("abort", stop);
        return new Promise<void>((release) => {
          resolve(release);
          // The others need not be waited for any more.
          queueMicrotask(() => waiting.abort());
        });
      });
      // One that is no longer waited for rejects.
      held.catch((error: unknown) => {
        if (!waiting.signal.aborted) reject(error);
      });
    }
  });
}
