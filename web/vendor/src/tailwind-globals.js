// What the compiler core takes from its host and plain ECMAScript lacks. An import of its own,
// so that it has run before the core is evaluated.

const nothing = () => {};
globalThis.console ??= {
  log: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  debug: nothing,
};

// The core clones plain configuration data only: objects, arrays and primitives.
globalThis.structuredClone ??= function clone(value) {
  if (Array.isArray(value)) return value.map(clone);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, clone(entry)]));
};

// Used for the wording of one error message.
globalThis.Intl ??= {};
globalThis.Intl.ListFormat ??= class ListFormat {
  format(items) {
    const list = [...items];
    if (list.length < 2) return list.join("");
    return `${list.slice(0, -1).join(", ")} and ${list[list.length - 1]}`;
  }
};
