import { type DeclaredPermissions, isEmpty, type Permissions } from "@cumulonimbus/protocol";

/** What a person is asked about an app, outside of its frame. */
export type Question =
  | { readonly kind: "alert" | "confirm"; readonly message: string }
  | { readonly kind: "prompt"; readonly message: string; readonly initial: string }
  | { readonly kind: "openLink"; readonly url: string }
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "download"; readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | ConsentQuestion;

/** Whether an app may have what it declares and the person has not allowed. */
export type ConsentQuestion = {
  readonly kind: "consent";
  readonly missing: Permissions;
  readonly reasons: NonNullable<DeclaredPermissions["reasons"]>;
};

/** What was answered: whether they agreed, a text, or what they allow. */
export type Answer = boolean | string | Permissions | null;

/** A question that stands on the screen or waits for its turn. */
export type Asked = {
  readonly key: number;
  readonly question: Question;
  /** The app has asked before in this run, so that the person may have had enough. */
  readonly again: boolean;
  readonly answer: (answer: Answer) => void;
};

/**
 * The questions of one run of an app, one at a time. A store as React reads it.
 */
export class Dialogs {
  readonly #listeners = new Set<() => void>();
  #queue: readonly Asked[] = [];
  #newest = 0;
  #muted = false;

  /** Asks; the answer to what nobody answered any more is null. */
  ask(question: Question, signal: AbortSignal): Promise<Answer> {
    if (signal.aborted || (this.#muted && question.kind !== "consent")) {
      return Promise.resolve(null);
    }
    return new Promise((resolve) => {
      const key = ++this.#newest;
      const answer = (answer: Answer) => {
        this.#set(this.#queue.filter((asked) => asked.key !== key));
        resolve(answer);
      };
      signal.addEventListener("abort", () => answer(null), { once: true });
      const asked = { key, question, again: key > 2, answer };
      // What the person is asked about the app comes before what the app asks.
      const [first, ...rest] = this.#queue;
      if (question.kind === "consent" && first) this.#set([first, asked, ...rest]);
      else this.#set([...this.#queue, asked]);
    });
  }

  /** The app asks nothing more in this run; what it has asked is answered like Cancel. */
  mute(): void {
    this.#muted = true;
    for (const { question, answer } of this.#queue) {
      if (question.kind !== "consent") answer(null);
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** The question that stands on the screen. */
  readonly current = (): Asked | undefined => this.#queue[0];

  #set(queue: readonly Asked[]): void {
    this.#queue = queue;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** What was allowed, if an answer is that and allows anything. */
export function allowed(answer: Answer): Permissions | undefined {
  return typeof answer === "object" && answer !== null && !isEmpty(answer) ? answer : undefined;
}
