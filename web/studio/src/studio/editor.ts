// The code surface: one CodeMirror view, and a document per file that only grows at its end.
import { css } from "@codemirror/lang-css";
import { html } from "@codemirror/lang-html";
import { javascript } from "@codemirror/lang-javascript";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import type { StreamFile } from "../stream/reduce";
import { text } from "../text";

/** How close to its end, in pixels, a scrolled view counts as being there. */
const NEAR_END_PX = 24;

interface Document {
  epoch: string;
  /** How many of the file's pieces the state holds. */
  count: number;
  state: EditorState;
  scrollTop: number;
}

/** Shows one file at a time and remembers the others. */
export class CodeView {
  readonly #view: EditorView;
  readonly #documents = new Map<string, Document>();
  readonly #onFollow: (follow: boolean) => void;
  readonly #wrap: boolean;
  #path: string | null = null;
  #follow = false;
  #lastTop = 0;

  /** `onFollow` is told when the person scrolls away from the end, or back to it. */
  constructor(parent: HTMLElement, onFollow: (follow: boolean) => void) {
    this.#onFollow = onFollow;
    this.#wrap = matchMedia("(max-width: 640px)").matches;
    this.#view = new EditorView({ parent, state: EditorState.create() });
    this.#view.scrollDOM.addEventListener("scroll", this.#onScroll, { passive: true });
  }

  /** Keeps the newest line in view, or stops doing so. */
  setFollow(follow: boolean) {
    this.#follow = follow;
    if (follow) this.#toEnd();
  }

  /** Shows a file, or what was added to it since. Costs what is new, however long the file is. */
  show(file: StreamFile) {
    if (this.#path !== file.path) {
      this.#leave();
      this.#path = file.path;
      const document = this.#document(file);
      this.#view.setState(document.state);
      this.#catchUp(file, document);
      this.#view.scrollDOM.scrollTop = document.scrollTop;
      this.#lastTop = document.scrollTop;
      if (this.#follow) this.#toEnd();
      return;
    }
    this.#catchUp(file, this.#document(file));
  }

  destroy() {
    this.#view.scrollDOM.removeEventListener("scroll", this.#onScroll);
    this.#view.destroy();
  }

  #leave() {
    const document = this.#path === null ? undefined : this.#documents.get(this.#path);
    if (!document) return;
    document.state = this.#view.state;
    document.scrollTop = this.#view.scrollDOM.scrollTop;
  }

  #document(file: StreamFile): Document {
    const known = this.#documents.get(file.path);
    if (known) return known;
    const state = EditorState.create({ extensions: this.#extensions(file.path) });
    const document = { epoch: file.epoch, count: 0, state, scrollTop: 0 };
    this.#documents.set(file.path, document);
    return document;
  }

  #catchUp(file: StreamFile, document: Document) {
    if (document.epoch !== file.epoch || document.count > file.count) {
      document.epoch = file.epoch;
      document.count = file.count;
      this.#replace(file.pieces.slice(0, file.count).join(""));
    } else if (document.count < file.count) {
      const insert = file.pieces.slice(document.count, file.count).join("");
      document.count = file.count;
      this.#view.dispatch({ changes: { from: this.#view.state.doc.length, insert } });
    } else {
      return;
    }
    if (this.#follow) this.#toEnd();
  }

  /** Changes only what differs, so that the same text again moves nothing. */
  #replace(whole: string) {
    const before = this.#view.state.doc.toString();
    if (before === whole) return;
    let start = 0;
    const shorter = Math.min(before.length, whole.length);
    while (start < shorter && before[start] === whole[start]) start += 1;
    let end = 0;
    while (
      end < shorter - start &&
      before[before.length - 1 - end] === whole[whole.length - 1 - end]
    ) {
      end += 1;
    }
    this.#view.dispatch({
      changes: {
        from: start,
        to: before.length - end,
        insert: whole.slice(start, whole.length - end),
      },
    });
  }

  #toEnd() {
    const { scrollDOM, state } = this.#view;
    // The start of the last line, so that a long one does not push the code sideways.
    const { from } = state.doc.lineAt(state.doc.length);
    this.#view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "end" }) });
    this.#lastTop = scrollDOM.scrollTop;
  }

  #onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = this.#view.scrollDOM;
    const up = scrollTop < this.#lastTop - 1;
    this.#lastTop = scrollTop;
    const nearEnd = scrollHeight - clientHeight - scrollTop <= NEAR_END_PX;
    if (this.#follow && up && !nearEnd) this.#onFollow(false);
    else if (!this.#follow && nearEnd && !up && scrollHeight > clientHeight) this.#onFollow(true);
  };

  #extensions(path: string): Extension {
    return [
      lineNumbers(),
      highlightSpecialChars(),
      drawSelection(),
      bracketMatching(),
      language(path),
      syntaxHighlighting(HIGHLIGHT),
      THEME,
      this.#wrap ? EditorView.lineWrapping : [],
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      // Not editable, yet reachable and scrollable with the keyboard.
      EditorView.contentAttributes.of({ tabindex: "0", "aria-label": text.code.file(path) }),
    ];
  }
}

function language(path: string): Extension {
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  switch (extension) {
    case "ts":
      return javascript({ typescript: true });
    case "tsx":
      return javascript({ typescript: true, jsx: true });
    case "js":
    case "jsx":
    case "mjs":
      return javascript({ jsx: true });
    case "css":
      return css();
    case "html":
    case "svg":
      return html();
    case "json":
      return json();
    default:
      return [];
  }
}

const THEME = EditorView.theme({
  "&": { height: "100%", backgroundColor: "transparent", color: "var(--ink)", fontSize: "13px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "12px 0 32px", caretColor: "transparent" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-gutters": {
    backgroundColor: "var(--surface)",
    color: "var(--faint)",
    border: "none",
    paddingLeft: "8px",
  },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.2em" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground":
    { backgroundColor: "color-mix(in srgb, var(--accent) 24%, transparent)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)" },
});

const HIGHLIGHT = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.controlKeyword, tags.moduleKeyword, tags.operatorKeyword, tags.self],
    color: "var(--code-keyword)",
  },
  {
    tag: [tags.string, tags.special(tags.string), tags.regexp, tags.attributeValue],
    color: "var(--code-string)",
  },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
  {
    tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))],
    color: "var(--code-name)",
  },
  {
    tag: [tags.typeName, tags.className, tags.namespace, tags.attributeName],
    color: "var(--code-type)",
  },
  { tag: [tags.tagName, tags.angleBracket], color: "var(--code-tag)" },
  { tag: [tags.propertyName], color: "var(--code-name)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);
