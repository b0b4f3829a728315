import type { BridgeCall } from "./BridgeCall.ts";
import { type Refusal, refusal, ServerError } from "./request.ts";

/** A change as the server tells it. */
type Change = {
  readonly collection: string;
  readonly scope: string;
  readonly id: string;
  readonly op: "create" | "update" | "delete";
  readonly revision: number;
};

type Subscription = {
  readonly collection: string;
  readonly scope: string;
  readonly call: BridgeCall;
  readonly fail: (error: unknown) => void;
  /** The frame has not asked for more, and something came. */
  missed: boolean;
};

type Open = (signal: AbortSignal, onOpen: () => void) => AsyncIterable<unknown>;

/** What goes on after the end of a stream is known by its last word; anything else is tried again. */
const LAST_WORDS: ReadonlyMap<string, number> = new Map([["launch-revoked", 401]]);
// Long enough to look at another window for a moment.
const HIDDEN_PATIENCE_MS = 1_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

/**
 * The changes to an app's collections, told to all subscriptions of one frame over one connection.
 *
 * A browser has six connections to one host for all its windows, so a window that nobody sees gives
 * its one back after a while, and tells everyone to read again when it is seen.
 */
export class LiveChanges {
  readonly #open: Open;
  readonly #subscriptions = new Set<Subscription>();
  #running: AbortController | undefined;

  /** `open` gives the events of the server's stream, and tells when it has begun. */
  constructor(open: Open) {
    this.#open = open;
  }

  /** Tells `call` of the changes to a collection until it is taken back. */
  watch(collection: string, scope: string, call: BridgeCall): Promise<unknown> {
    return new Promise((resolve, fail) => {
      const subscription = { collection, scope, call, fail, missed: false };
      this.#subscriptions.add(subscription);
      call.signal.addEventListener("abort", () => {
        this.#subscriptions.delete(subscription);
        resolve(null);
        if (this.#subscriptions.size === 0) this.#running?.abort();
      });
      if (this.#running === undefined || this.#running.signal.aborted) void this.#run();
    });
  }

  async #run(): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    let wait = FIRST_WAIT_MS;
    while (!running.signal.aborted) {
      await whenVisible();
      const connection = new AbortController();
      const stop = () => connection.abort();
      running.signal.addEventListener("abort", stop);
      const unwatch = whenHidden(stop);
      try {
        for await (const change of this.#open(connection.signal, () => this.#resync())) {
          wait = FIRST_WAIT_MS;
          const last = change as { type?: string } & Refusal;
          // The server's last word: the token has ended, too much has changed, the launch is over.
          if (last.type === "error") throw refusal(LAST_WORDS.get(last.code ?? "") ?? 503, last);
          this.#tell(change as Change);
        }
      } catch (error) {
        if (isFinal(error)) {
          for (const { fail } of this.#subscriptions) fail(error);
          this.#subscriptions.clear();
          running.abort();
        }
      } finally {
        unwatch();
        running.signal.removeEventListener("abort", stop);
      }
      if (running.signal.aborted) break;
      await pause(wait);
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    }
  }

  #tell({ collection, scope, id, op, revision }: Change): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.collection !== collection || subscription.scope !== scope) continue;
      if (subscription.missed) continue;
      if (subscription.call.ready)
        void subscription.call.send({ op, id, revision }).catch(() => {});
      else void this.#owe(subscription);
    }
  }

  /** What changed between an app's reading and the beginning of the stream, nobody told. */
  #resync(): void {
    for (const subscription of this.#subscriptions) {
      if (!subscription.missed) void this.#owe(subscription);
    }
  }

  /** Something is not told in full: the word to read again goes out as soon as there is room. */
  async #owe(subscription: Subscription): Promise<void> {
    subscription.missed = true;
    await subscription.call.send({ op: "resync" }).catch(() => {});
    subscription.missed = false;
  }
}

/** What trying again does not mend. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof ServerError &&
    error.status >= 400 &&
    error.status < 500 &&
    error.status !== 429
  );
}

function whenVisible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
  });
}

/** Calls back when the page has been hidden for a while. The answer ends that. */
function whenHidden(then: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(then, HIDDEN_PATIENCE_MS);
  };
  document.addEventListener("visibilitychange", look);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
