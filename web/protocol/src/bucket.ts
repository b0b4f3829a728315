/** A rate: so many units per second on average, and at most `burst` at once. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/** A token bucket. The clock is the caller's: milliseconds that never go back. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #at: number;

  constructor(rate: Rate, now: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#at = now;
  }

  /** Takes `cost` tokens if there are as many, and says whether it did. */
  take(now: number, cost = 1): boolean {
    this.#refill(now);
    if (this.#tokens < cost) return false;
    this.#tokens -= cost;
    return true;
  }

  /** Milliseconds until `cost` tokens are there, 0 if they are. A cost above the burst counts as the burst. */
  wait(now: number, cost = 1): number {
    this.#refill(now);
    const missing = Math.min(cost, this.#rate.burst) - this.#tokens;
    return missing <= 0 ? 0 : Math.ceil((missing / this.#rate.perSecond) * 1000);
  }

  #refill(now: number): void {
    const elapsed = Math.max(0, now - this.#at);
    this.#at = Math.max(this.#at, now);
    this.#tokens = Math.min(
      this.#rate.burst,
      this.#tokens + (elapsed / 1000) * this.#rate.perSecond,
    );
  }
}
