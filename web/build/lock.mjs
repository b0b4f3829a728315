// The lock prelude: the statement that every script sent to an app frame begins with.
// What it takes away and why is told beside its source, runtime/src/lock.js.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { minifySync, parseSync } from "rolldown/utils";
import { WEB } from "./paths.mjs";

/**
 * Reads the prelude, checks that it is one statement, and returns it on one line, ending in `;`.
 * One statement and one line, so that it can stand before any script without changing its meaning.
 * @returns {Promise<string>}
 */
export async function lockPrelude() {
  const source = await readFile(join(WEB, "runtime/src/lock.js"), "utf8");
  const { code, errors } = minifySync("lock.js", source, { module: false });
  if (errors.length > 0) throw new Error(`runtime/src/lock.js: ${errors[0]?.message}`);
  const line = `${code.trim().replace(/;$/, "")};`;
  const statements = parseSync("lock.js", line).program.body.filter(
    (s) => s.type !== "EmptyStatement",
  );
  if (statements.length !== 1 || line.includes("\n")) {
    throw new Error(
      `runtime/src/lock.js must be a single statement, it has ${statements.length}: ${line}`,
    );
  }
  return line;
}

/**
 * Writes a script that begins with the lock prelude.
 * @param {string} file
 * @param {string} lock
 * @param {string} code
 */
export async function writeLocked(file, lock, code) {
  await writeFile(file, lock + code);
}
