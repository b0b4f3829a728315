// What the runtime itself shows in the frame: short notices, and the dialogs that `confirm` and
// `prompt` stand for. They live in a closed shadow root outside the body, so that neither the app's
// styles nor its rendering touch them, and the watch for visible content does not count them.

const SHOWN_MS = 8_000;
const AT_A_TIME = 3;
const STYLE = `
:host { all: initial; color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
.stack { position: fixed; z-index: 2147483647; inset: auto 12px 12px; display: grid; gap: 8px; justify-items: center; pointer-events: none; }
.notice { pointer-events: auto; box-sizing: border-box; max-width: min(32rem, 100%); display: flex; gap: 12px; align-items: start; padding: 10px 12px; border-radius: 10px; background: light-dark(#1f2430, #f3f4f6); color: light-dark(#fff, #14171f); box-shadow: 0 6px 24px rgb(0 0 0 / .25); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 40vh; overflow: auto; }
button { font: inherit; cursor: pointer; }
.notice button { all: unset; cursor: pointer; padding: 0 4px; opacity: .75; }
.notice button:focus-visible { outline: 2px solid currentColor; border-radius: 4px; }
dialog { border: 0; border-radius: 14px; padding: 20px; box-sizing: border-box; width: min(26rem, calc(100% - 32px)); background: light-dark(#fff, #1c202a); color: light-dark(#14171f, #f3f4f6); box-shadow: 0 16px 48px rgb(0 0 0 / .3); font: inherit; }
dialog::backdrop { background: rgb(0 0 0 / .4); }
dialog input { box-sizing: border-box; width: 100%; margin-top: 12px; padding: 8px 10px; font: inherit; border: 1px solid light-dark(#c4c9d4, #4a5163); border-radius: 8px; background: transparent; color: inherit; }
.actions { display: flex; justify-content: end; gap: 8px; margin-top: 16px; }
.actions button { padding: 7px 16px; border-radius: 8px; border: 1px solid light-dark(#c4c9d4, #4a5163); background: transparent; color: inherit; }
.actions .yes { background: #2563eb; border-color: #2563eb; color: #fff; }
.actions button:focus-visible, dialog input:focus-visible { outline: 2px solid #2563eb; outline-offset: 2px; }
`;

let root: ShadowRoot | undefined;
let stack: HTMLElement;

/** Shows a short text at the lower edge for some seconds. The same text is shown once at a time. */
export function showNotice(text: string): void {
  const layer = layerOf(document);
  const shown = [...stack.children];
  if (shown.some((notice) => notice.firstChild?.textContent === text)) return;
  for (const notice of shown.slice(0, shown.length + 1 - AT_A_TIME)) notice.remove();

  const notice = element(layer, "div", "notice");
  notice.append(withText(element(layer, "div", "text"), text));
  const close = withText(element(layer, "button"), "✕");
  close.setAttribute("aria-label", "Dismiss");
  close.addEventListener("click", () => notice.remove());
  notice.append(close);
  stack.append(notice);
  setTimeout(() => notice.remove(), SHOWN_MS);
}

/** What a dialog asks. */
export type Question = {
  readonly kind: "confirm" | "prompt";
  readonly message: string;
  /** What the text field holds at first. */
  readonly initial: string;
};

/** What a person answered: whether they agreed, or a text, or nothing. */
export type Answer = boolean | string | null;

/** Asks in a modal dialog. Escape answers like Cancel. */
export function askPerson({ kind, message, initial }: Question): Promise<Answer> {
  const layer = layerOf(document);
  const dialog = element(layer, "dialog") as HTMLDialogElement;
  const text = withText(element(layer, "div", "text"), message);
  text.id = "question";
  dialog.setAttribute("aria-labelledby", text.id);
  const input = element(layer, "input") as HTMLInputElement;
  input.value = initial;
  input.setAttribute("aria-labelledby", text.id);
  const actions = element(layer, "div", "actions");
  const no = withText(element(layer, "button"), "Cancel");
  const yes = withText(element(layer, "button", "yes"), "OK");
  actions.append(no, yes);
  dialog.append(text, ...(kind === "prompt" ? [input] : []), actions);
  layer.append(dialog);

  return new Promise((resolve) => {
    const refused = kind === "confirm" ? false : null;
    const agreed = () => (kind === "confirm" ? true : input.value);
    const finish = (answer: Answer) => {
      dialog.remove();
      resolve(answer);
    };
    no.addEventListener("click", () => finish(refused));
    yes.addEventListener("click", () => finish(agreed()));
    dialog.addEventListener("cancel", () => finish(refused));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) finish(agreed());
    });
    dialog.showModal();
    if (kind === "prompt") input.select();
    else yes.focus();
  });
}

function layerOf(document: Document): ShadowRoot {
  if (root?.host.isConnected) return root;
  const host = document.createElement("cumulonimbus-layer");
  root = host.attachShadow({ mode: "closed" });
  // An app's shortcuts must not fire while a person types into a dialog of ours.
  for (const type of ["keydown", "keyup", "keypress", "input", "click"]) {
    root.addEventListener(type, (event) => event.stopPropagation());
  }
  root.append(withText(document.createElement("style"), STYLE));
  stack = element(root, "div", "stack");
  stack.setAttribute("role", "status");
  root.append(stack);
  document.documentElement.append(host);
  return root;
}

function element(root: ShadowRoot, tag: string, className = ""): HTMLElement {
  const made = root.ownerDocument.createElement(tag);
  if (className !== "") made.className = className;
  return made;
}

function withText<E extends HTMLElement>(made: E, text: string): E {
  made.textContent = text;
  return made;
}
