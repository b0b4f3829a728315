import { MAX_CALL_BYTES, MAX_MESSAGE_CHARS, TokenBucket, utf8Length } from "@cumulonimbus/protocol";

// A little below what the host page allows, so that clocks that differ break no rule.
const RATE = { perSecond: 80, burst: 150 };
const VOLUME = { perSecond: 3 * 1024 * 1024, burst: 6 * 1024 * 1024 };
const ENVELOPE_CHARS = 128;

type Waiting = { readonly body: string; readonly id: number | undefined };

/** Whether a message is short enough for the host page and the server. */
export function fits(body: string): boolean {
  if (body.length + ENVELOPE_CHARS > MAX_MESSAGE_CHARS) return false;
  return body.length * 3 <= MAX_CALL_BYTES || utf8Length(body) <= MAX_CALL_BYTES;
}

/** What waits to be sent, in order and within the host's rates. */
export class Outbox {
  /** Sends; false keeps the message in its place until `pump` is called again. */
  readonly #send: (body: string, id: number | undefined) => boolean;
  readonly #rate = new TokenBucket(RATE, performance.now());
  readonly #volume = new TokenBucket(VOLUME, performance.now());
  #queue: Waiting[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (body: string, id: number | undefined) => boolean) {
    this.#send = send;
  }

  get length(): number {
    return this.#queue.length;
  }

  /** Adds a message, before all others if it is `urgent`, and sends what can be sent. */
  push(body: string, id?: number, urgent = false): void {
    if (urgent) this.#queue.unshift({ body, id });
    else this.#queue.push({ body, id });
    this.pump();
  }

  /** Sends what can be sent. */
  pump(): void {
    if (this.#timer !== undefined) return;
    for (;;) {
      const next = this.#queue[0];
      if (next === undefined) return;
      const now = performance.now();
      const cost = next.body.length + ENVELOPE_CHARS;
      const wait = Math.max(this.#rate.wait(now), this.#volume.wait(now, cost));
      if (wait > 0) {
        this.#timer = setTimeout(() => {
          this.#timer = undefined;
          this.pump();
        }, wait);
        return;
      }
      this.#queue.shift();
      if (!this.#send(next.body, next.id)) {
        this.#queue.unshift(next);
        return;
      }
      this.#rate.take(now);
      this.#volume.take(now, cost);
    }
  }

  /** Sends everything now. */
  flush(): void {
    const all = this.#queue;
    this.#queue = [];
    const kept = all.filter(({ body, id }) => !this.#send(body, id));
    this.#queue.unshift(...kept);
  }

  /** Forgets everything. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }
}
