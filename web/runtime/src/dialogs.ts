// `alert`, `confirm` and `prompt`, which a sandboxed frame may not open.
//
// They are synchronous: the script stands still until the person answers, which no script can
// imitate. `alert` needs no answer and becomes a notice. For the other two, the handler of the
// person's click, key or form is broken off by an exception, the question is asked in a dialog, and
// the same event is then sent again: this time the call finds the answer waiting and returns it.
// So `if (confirm("Delete?")) remove()` does what it says, and nothing after the call runs before
// there is an answer. What the handler does before the call is done twice.
//
// Called outside such an event, as from a timer, the question cannot be asked: the answer is what
// Cancel would give, because that destroys nothing, and a notice says so.
import { type Answer, askPerson, type Question, showNotice } from "./notice.ts";

/** Breaks off a handler while its question is open. The window's error events leave it out. */
export class AwaitingAnswer extends Error {
  override readonly name = "AwaitingAnswer";
}

type Answered = { readonly question: Question; readonly answer: Answer };
type Resend = () => boolean;

let replay: { readonly answers: readonly Answered[]; next: number } | undefined;

/** Puts the three functions in place. */
export function installDialogs(window: Window & typeof globalThis): void {
  const define = (name: string, value: (...args: never[]) => unknown) =>
    Object.defineProperty(window, name, { value, configurable: true, writable: true });

  define("alert", (message: unknown = "") => showNotice(`${message}`));
  define("confirm", (message: unknown = "") =>
    ask(window, { kind: "confirm", message: `${message}`, initial: "" }),
  );
  define("prompt", (message: unknown = "", initial: unknown = "") =>
    ask(window, { kind: "prompt", message: `${message}`, initial: `${initial ?? ""}` }),
  );
  define("print", () => showNotice("An app cannot print from here."));
}

function ask(window: Window & typeof globalThis, question: Question): Answer {
  const known = replay?.answers[replay.next];
  if (replay && known && sameQuestion(known.question, question)) {
    replay.next++;
    return known.answer;
  }
  const event = window.event;
  const resend = event && resendOf(window, event);
  if (!event || !resend) {
    showNotice(
      `The app asked “${question.message}” at a moment when it cannot wait for an answer. It was answered with Cancel.`,
    );
    return question.kind === "confirm" ? false : null;
  }
  const before = replay?.answers.slice(0, replay.next) ?? [];
  event.preventDefault();
  event.stopImmediatePropagation();
  void askPerson(question).then((answer) => {
    replay = { answers: [...before, { question, answer }], next: 0 };
    try {
      if (!resend()) showNotice("What was clicked is gone, so the app could not go on. Try again.");
    } finally {
      replay = undefined;
    }
  });
  throw new AwaitingAnswer(`The app waits for an answer to “${question.message}”.`);
}

function sameQuestion(a: Question, b: Question): boolean {
  return a.kind === b.kind && a.message === b.message;
}

/** How to send an event once more; none if that would not be the same. */
function resendOf(window: Window & typeof globalThis, event: Event): Resend | undefined {
  const { target } = event;
  if (!(target instanceof window.Element)) return undefined;
  if (event instanceof window.SubmitEvent && target instanceof window.HTMLFormElement) {
    const { submitter } = event;
    return () => {
      if (!target.isConnected) return false;
      target.requestSubmit(submitter?.isConnected ? submitter : null);
      return true;
    };
  }
  const again = copyOf(window, event);
  if (again === undefined || togglesByItself(window, target)) return undefined;
  return () => {
    if (!target.isConnected) return false;
    target.dispatchEvent(again());
    return true;
  };
}

function copyOf(window: Window & typeof globalThis, event: Event): (() => Event) | undefined {
  const { type, bubbles, cancelable, composed } = event;
  if (!(event instanceof window.MouseEvent || event instanceof window.KeyboardEvent))
    return undefined;
  const { ctrlKey, shiftKey, altKey, metaKey, detail } = event;
  const common = {
    bubbles,
    cancelable,
    composed,
    ctrlKey,
    shiftKey,
    altKey,
    metaKey,
    detail,
    view: window,
  };
  if (event instanceof window.KeyboardEvent) {
    const { key, code, location, repeat } = event;
    return () => new window.KeyboardEvent(type, { ...common, key, code, location, repeat });
  }
  const { button, buttons, clientX, clientY, screenX, screenY } = event;
  return () =>
    new window.MouseEvent(type, { ...common, button, buttons, clientX, clientY, screenX, screenY });
}

// A second click would undo what the first did.
function togglesByItself(window: Window & typeof globalThis, target: Element): boolean {
  return (
    (target instanceof window.HTMLInputElement && /^(?:checkbox|radio)$/.test(target.type)) ||
    target.closest("label") !== null ||
    target.closest("summary") !== null
  );
}
