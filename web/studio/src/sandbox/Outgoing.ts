import {
  BREATH_CHARS,
  MAX_HOST_MESSAGE_CHARS,
  MAX_RESULT_CHARS,
  RESULT_PART_CHARS,
} from "@cumulonimbus/protocol";

/**
 * What the host page sends to a frame, in order. A long message takes time on the thread that draws
 * the page, so after one the page gets a turn before the next.
 */
export class Outgoing {
  readonly #post: (body: string) => void;
  readonly #queue: string[] = [];
  #breath: ReturnType<typeof setTimeout> | undefined;

  /** `post` signs a message's body and sends it. */
  constructor(post: (body: string) => void) {
    this.#post = post;
  }

  /** Sends a message. False if it is too long, and not sent. */
  send(message: object): boolean {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    if (body.length > MAX_HOST_MESSAGE_CHARS) return false;
    this.#push(body);
    return true;
  }

  /** Sends a call's result, in parts if it is long. False if it is too long even so, and not sent. */
  result(id: number | string, result: unknown): boolean {
    const whole = JSON.stringify(result ?? null);
    if (whole.length > MAX_RESULT_CHARS) return false;
    if (whole.length <= RESULT_PART_CHARS) return this.send({ id, result });
    for (let at = 0; at < whole.length; at += RESULT_PART_CHARS) {
      const text = whole.slice(at, at + RESULT_PART_CHARS);
      this.send({ method: "$/part", params: { id, text } });
    }
    return this.send({ id, result: null });
  }

  /** Forgets what waits. */
  drop(): void {
    clearTimeout(this.#breath);
    this.#queue.length = 0;
  }

  #push(body: string): void {
    this.#queue.push(body);
    if (this.#breath === undefined) this.#pump();
  }

  #pump(): void {
    this.#breath = undefined;
    for (;;) {
      const body = this.#queue.shift();
      if (body === undefined) return;
      this.#post(body);
      if (body.length <= BREATH_CHARS) continue;
      this.#breath = setTimeout(() => this.#pump());
      return;
    }
  }
}
