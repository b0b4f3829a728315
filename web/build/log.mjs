// What the bundler says while it builds.

/** An import that nothing answers would fail in the browser; it has to fail here. */
const FATAL = new Set(["UNRESOLVED_IMPORT", "MISSING_EXPORT", "IMPORT_IS_UNDEFINED"]);
/** `"use client"` in libraries: a word to server frameworks, without meaning in a browser. */
const QUIET = new Set(["MODULE_LEVEL_DIRECTIVE"]);

/**
 * A rolldown `onLog` that fails the build where the result would be broken.
 * @type {NonNullable<import("rolldown").InputOptions["onLog"]>}
 */
export function strictLog(level, log) {
  const code = log.code ?? "";
  if (FATAL.has(code)) throw new Error(log.message);
  if (level === "warn" && !QUIET.has(code)) process.stderr.write(`${log.message}\n`);
}
