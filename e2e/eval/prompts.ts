import { readFileSync } from "node:fs";

/** One thing that is done to an app, or must be seen of it. Patterns are regular expressions without regard to case. */
export type Step =
  /** Types into the first visible field whose label, placeholder or name fits. */
  | { fill: string; with: string }
  /** Types into the n-th visible field, or the n-th cell of a table. */
  | { cell: number; with: string }
  /** Presses the first visible button whose name fits; an optional one may be absent. */
  | { click: string; optional?: boolean }
  /** Presses the n-th of the largest group of alike elements: the squares of a board. */
  | { square: number }
  | { press: string }
  /** Milliseconds. */
  | { wait: number }
  /** A visible text, or the value of a field. */
  | { see: string }
  /** A CSS selector. */
  | { exists: string };

/** A description, and how to find out whether the app does what it says. */
export interface Prompt {
  /** Short, for tables and the names of files: letters, digits and dashes. */
  readonly name: string;
  readonly prompt: string;
  /** Without any, only what is rendered is recorded. */
  readonly steps?: readonly Step[];
}

/**
 * Reads a file of prompts: a JSON list of them.
 *
 * Throws a sentence that names the entry when one is wrong.
 */
export function readPrompts(path: string): Prompt[] {
  const list: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(list)) throw new Error(`\`${path}\` is no JSON list of prompts`);
  const names = new Set<string>();
  return list.map((entry: Partial<Prompt>, at) => {
    if (typeof entry?.name !== "string" || !/^[a-z0-9-]+$/i.test(entry.name) || names.has(entry.name)) {
      throw new Error(`entry ${at + 1} of \`${path}\` needs a \`name\` of its own of letters, digits and dashes`);
    }
    if (typeof entry.prompt !== "string" || entry.prompt.trim() === "") {
      throw new Error(`\`${entry.name}\` in \`${path}\` has no \`prompt\``);
    }
    names.add(entry.name);
    return { name: entry.name, prompt: entry.prompt, ...(entry.steps ? { steps: entry.steps } : {}) };
  });
}
