import { asError, theHost } from "./host.ts";

/** A message of a conversation with the model. */
export type AiMessage = {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
};

/** What is asked of the model. */
export type AiRequest = (
  | { readonly prompt: string; readonly messages?: undefined }
  | { readonly messages: readonly AiMessage[]; readonly prompt?: undefined }
) & {
  /** The most tokens of the answer. */
  readonly maxTokens?: number | undefined;
  /** Takes the request back and stops the model. */
  readonly signal?: AbortSignal | undefined;
};

/** What a completion took. */
export type AiUsage = {
  readonly promptTokens: number;
  readonly completionTokens: number;
};

/**
 * An answer that is being written. Iterate over it for its pieces as they come, or `await` it for
 * the whole text.
 */
export type Completion = AsyncIterable<string> &
  PromiseLike<string> & {
    /** What it took, when it is over. */
    readonly usage: Promise<AiUsage>;
    /** Stops the model. */
    readonly cancel: () => void;
  };

/**
 * The model that Cumulonimbus is configured with; its keys never leave the server. Needs the
 * permission `ai`; the person who uses the app is asked for it.
 */
export const ai = Object.freeze({
  /** Asks the model. Rejects with `permission-needed`, with `quota…`, or as the model fails. */
  complete(
    request: string | AiRequest,
    options: Pick<AiRequest, "maxTokens" | "signal"> = {},
  ): Completion {
    const whole = typeof request === "string" ? { prompt: request, ...options } : request;
    return new Answer(whole);
  },
});

class Answer implements Completion {
  readonly usage: Promise<AiUsage>;
  readonly #pieces: string[] = [];
  readonly #done: Promise<unknown>;
  readonly #stream;
  #used = 0;
  #over = false;
  #wake: () => void = () => {};
  #news: Promise<void> = Promise.resolve();

  constructor({ prompt, messages, maxTokens, signal }: AiRequest) {
    this.#expect();
    const params = messages === undefined ? { prompt } : { messages };
    this.#stream = theHost().stream("ai.complete", { ...params, maxTokens }, (piece) => {
      this.#pieces.push(String(piece));
      this.#expect();
    });
    this.#done = this.#stream.done
      .catch((error: unknown) => {
        throw asError(error);
      })
      .finally(() => {
        this.#over = true;
        this.#wake();
      });
    this.usage = this.#done.then((result) => (result as { usage: AiUsage }).usage);
    // Whoever reads the text is told; the other promises must not count as unhandled.
    this.usage.catch(() => {});
    if (signal?.aborted) this.cancel();
    else signal?.addEventListener("abort", this.cancel, { once: true });
  }

  readonly cancel = (): void => this.#stream.cancel();

  // biome-ignore lint/suspicious/noThenProperty: `await` gives the whole text
  then<A = string, B = never>(
    fulfilled?: ((text: string) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#text().then(fulfilled, rejected);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    try {
      for (let at = 0; ; at++) {
        while (at >= this.#pieces.length && !this.#over) await this.#news;
        const piece = this.#pieces[at];
        if (piece === undefined) break;
        // A second reader takes nothing new from the stream.
        if (at >= this.#used) {
          this.#used = at + 1;
          this.#stream.used();
        }
        yield piece;
      }
      await this.#done;
    } finally {
      // The reader has left early: nobody waits for the rest.
      if (!this.#over) this.cancel();
    }
  }

  async #text(): Promise<string> {
    let text = "";
    for await (const piece of this) text += piece;
    return text;
  }

  /** Wakes whoever waits for a piece, and lets them wait for the next. */
  #expect(): void {
    this.#wake();
    this.#news = new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
