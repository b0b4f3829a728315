// What a page that was written as HTML needs when it is shown in a frame that allows no inline
// script: its markup is put in place, its handlers become listeners, and handlers that its scripts
// write later, as text, are read here. Written for the linker: the bundler embeds this file.

const MARK = "data-cumulonimbus-on";
let names = {};

/** Puts the markup where the app's root is. `body` and `html` are attributes of those elements. */
export function show(parts, { title, html, body }) {
  if (title) document.title = title;
  for (const [name, value] of html) document.documentElement.setAttribute(name, value);
  for (const [name, value] of body) document.body.setAttribute(name, value);
  const template = document.createElement("template");
  template.innerHTML = parts.join("");
  const root = document.getElementById("root");
  if (root) root.replaceWith(template.content);
  else document.body.prepend(template.content);
}

/** Makes what scripts declare known to handlers and to `window`, as classic scripts do. */
export function scope(getters) {
  names = { ...names, ...getters };
  for (const [name, get] of Object.entries(getters)) {
    try {
      Object.defineProperty(window, name, {
        get,
        set: (value) =>
          Object.defineProperty(window, name, { value, configurable: true, writable: true, enumerable: true }),
        configurable: true,
        enumerable: true,
      });
    } catch {
      // `location` and its like stay what they are.
    }
  }
}

/** Puts the handlers of the markup where they belong: number of the element, event, function. */
export function handlers(list) {
  for (const [number, type, run] of list) {
    const element = number < 0 ? window : document.querySelector(`[${MARK}="${number}"]`);
    if (element) element[`on${type}`] = run;
  }
}

const BUBBLING =
  "click dblclick mousedown mouseup mousemove mouseover mouseout contextmenu pointerdown pointerup pointermove " +
  "touchstart touchend touchmove keydown keyup keypress input change submit reset focusin focusout wheel " +
  "dragstart drag dragend dragenter dragover dragleave drop copy cut paste";
const AT_TARGET = "focus blur mouseenter mouseleave load error scroll toggle invalid select";

for (const type of BUBBLING.split(" ")) {
  document.addEventListener(type, (event) => {
    for (const element of event.composedPath()) {
      if (element instanceof Element && !run(element, event)) break;
    }
  });
}
for (const type of AT_TARGET.split(" ")) {
  document.addEventListener(type, (event) => event.target instanceof Element && run(event.target, event), true);
}

/** Runs the handler that an element carries as text; false when the event goes no further. */
function run(element, event) {
  const code = element.getAttribute(`on${event.type}`);
  if (!code) return true;
  let stopped = false;
  const { stopPropagation } = event;
  event.stopPropagation = () => {
    stopped = true;
    stopPropagation.call(event);
  };
  try {
    if (new Reader(code, element, event).statements() === false) event.preventDefault();
  } catch (error) {
    if (error instanceof Unread) {
      console.error(`The handler on${event.type}="${code}" cannot be run here (${error.message}); use addEventListener.`);
    } else reportError(error);
  }
  return !stopped;
}

class Unread extends Error {}

const TOKEN =
  /\s*(?:(\d+\.?\d*)|('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\$]|\\.)*`)|([A-Za-z_$][\w$]*)|(===|!==|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\+\+|--|\+=|-=|=>|[-+*/%<>=!?:;,.()[\]{}]))/y;
const LEVELS = [["??", "||"], ["&&"], ["==", "!=", "===", "!=="], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]];
const APPLY = {
  "==": (a, b) => a == b, "!=": (a, b) => a != b, "===": (a, b) => a === b, "!==": (a, b) => a !== b,
  "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b,
  "+": (a, b) => a + b, "-": (a, b) => a - b, "*": (a, b) => a * b, "/": (a, b) => a / b, "%": (a, b) => a % b,
};

/** Reads a handler's text and does what it says: calls, assignments and operators on them. */
class Reader {
  constructor(code, element, event) {
    this.tokens = [];
    TOKEN.lastIndex = 0;
    const end = code.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const at = TOKEN.lastIndex;
      const found = TOKEN.exec(code);
      if (!found) throw new Unread(`\`${code.slice(at, at + 12)}\``);
      const [, number, string, name, sign] = found;
      this.tokens.push({ number, string, name, sign });
    }
    this.at = 0;
    this.on = true;
    this.element = element;
    this.event = event;
  }

  take(sign) {
    if (this.tokens[this.at]?.sign !== sign) return false;
    this.at++;
    return true;
  }

  need(sign) {
    if (!this.take(sign)) throw new Unread(`\`${sign}\` is missing`);
  }

  word(name) {
    if (this.tokens[this.at]?.name !== name) return false;
    this.at++;
    return true;
  }

  statements() {
    while (this.at < this.tokens.length) {
      if (this.take(";")) continue;
      if (this.word("return")) return this.at < this.tokens.length ? this.expression() : undefined;
      if (this.word("if")) {
        this.need("(");
        const holds = this.expression();
        this.need(")");
        const kept = this.on;
        this.on = kept && Boolean(holds);
        if (this.word("return")) {
          const value = this.expression();
          if (this.on) return value;
        } else this.expression();
        this.on = kept;
        continue;
      }
      this.expression();
      if (this.at < this.tokens.length) this.need(";");
    }
    return undefined;
  }

  expression() {
    const place = this.conditional();
    for (const sign of ["=", "+=", "-="]) {
      if (!this.take(sign)) continue;
      const value = this.expression();
      if (!this.on) return undefined;
      if (!place.put) throw new Unread("what is assigned to is no place");
      const next = sign === "=" ? value : sign === "+=" ? place.value + value : place.value - value;
      place.put(next);
      return next;
    }
    return place.value;
  }

  conditional() {
    const test = this.binary(0);
    if (!this.take("?")) return test;
    const kept = this.on;
    this.on = kept && Boolean(test.value);
    const yes = this.expression();
    this.need(":");
    this.on = kept && !test.value;
    const no = this.expression();
    this.on = kept;
    return { value: test.value ? yes : no };
  }

  binary(level) {
    const signs = LEVELS[level];
    if (!signs) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const sign = signs.find((each) => this.take(each));
      if (!sign) return left;
      const { value } = left;
      const kept = this.on;
      const skip = { "&&": !value, "||": Boolean(value), "??": value !== null && value !== undefined }[sign];
      if (skip) this.on = false;
      const right = this.binary(level + 1).value;
      this.on = kept;
      if (skip !== undefined) left = { value: skip ? value : right };
      else left = { value: this.on ? APPLY[sign](value, right) : undefined };
    }
  }

  unary() {
    if (this.take("!")) return { value: !this.unary().value };
    if (this.take("-")) return { value: -this.unary().value };
    if (this.take("+")) return { value: +this.unary().value };
    for (const [sign, by] of [["++", 1], ["--", -1]]) if (this.take(sign)) return this.step(this.unary(), by, true);
    const place = this.member();
    for (const [sign, by] of [["++", 1], ["--", -1]]) if (this.take(sign)) return this.step(place, by, false);
    return place;
  }

  step(place, by, after) {
    const before = Number(place.value);
    if (this.on) place.put?.(before + by);
    return { value: after ? before + by : before };
  }

  member() {
    let place = this.primary();
    for (;;) {
      const optional = this.take("?.");
      if (this.take("(")) {
        const given = this.list(")");
        const { value, owner } = place;
        place = { value: this.on && !(optional && value == null) ? value.apply(owner, given) : undefined };
      } else if (this.take("[")) {
        const key = this.expression();
        this.need("]");
        place = this.of(place.value, key, optional);
      } else if (optional || this.take(".")) {
        const { name } = this.tokens[this.at++] ?? {};
        if (!name) throw new Unread("a name is missing");
        place = this.of(place.value, name, optional);
      } else return place;
    }
  }

  of(owner, key, optional) {
    if (!this.on || (optional && owner == null)) return { value: undefined };
    return { value: owner[key], owner, put: (value) => { owner[key] = value; } };
  }

  list(end) {
    const values = [];
    while (!this.take(end)) {
      values.push(this.expression());
      if (!this.take(",") && this.tokens[this.at]?.sign !== end) throw new Unread(`\`${end}\` is missing`);
    }
    return values;
  }

  primary() {
    if (this.take("(")) {
      const value = this.expression();
      this.need(")");
      return { value };
    }
    if (this.take("[")) return { value: this.list("]") };
    const token = this.tokens[this.at++];
    if (token?.number !== undefined) return { value: Number(token.number) };
    if (token?.string !== undefined) return { value: text(token.string) };
    if (token?.name === undefined) throw new Unread(`\`${token?.sign ?? "the end"}\``);
    return this.named(token.name);
  }

  named(name) {
    switch (name) {
      case "this":
        return { value: this.element };
      case "event":
        return { value: this.event };
      case "true":
      case "false":
      case "null":
      case "undefined":
        return { value: { true: true, false: false, null: null }[name] };
      case "new":
      case "function":
      case "async":
      case "await":
      case "let":
      case "const":
      case "var":
        throw new Unread(`\`${name}\``);
      default:
    }
    if (!this.on) return { value: undefined };
    if (Object.hasOwn(names, name)) return { value: names[name](), put: (value) => { window[name] = value; } };
    if (!(name in window)) throw new ReferenceError(`${name} is not defined`);
    // A function of the window is called without an owner: `alert(1)`.
    return { value: window[name], put: (value) => { window[name] = value; } };
  }
}

/** A string's value. */
function text(quoted) {
  const escapes = { n: "\n", t: "\t", r: "\r", b: "\b", 0: "\0" };
  return quoted.slice(1, -1).replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|([\s\S]))/gi, (_, u, x, c) =>
    u ?? x ? String.fromCharCode(Number.parseInt(u ?? x, 16)) : (escapes[c] ?? c));
}
