import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { expect, test } from "vitest";
import { text } from "../src/text";

const SOURCE = join(import.meta.dirname, "../src");
/** Attributes that a person reads or hears. */
const SPOKEN = new Set(["aria-label", "title", "placeholder", "alt", "label"]);

test("every text says something", () => {
  const said: string[] = [];
  visit(text, "text", (path, sentence) => {
    expect(sentence.trim(), path).toBe(sentence);
    expect(sentence, path).not.toBe("");
    expect(sentence, path).not.toMatch(/undefined|NaN|\[object/);
    said.push(sentence);
  });
  expect(said.length).toBeGreaterThan(150);
});

test("counts agree with their nouns", () => {
  expect(text.studio.wroteFiles(1)).toBe("Wrote 1 file");
  expect(text.studio.wroteFiles(2)).toBe("Wrote 2 files");
  expect(text.studio.problems(1)).toBe("1 problem found");
  expect(text.studio.repairs(3)).toBe("3 repairs made automatically");
});

test("there are six different examples", () => {
  expect(new Set(text.create.ideas.map(([title]) => title)).size).toBe(6);
});

test("no English stands in the components", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".tsx") && !name.includes("sandbox"),
  );
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((name) => {
    const source = readFileSync(join(SOURCE, name), "utf8");
    return wordsIn(parseAst(source, { lang: "tsx" })).map((words) => `${name}: ${words}`);
  });
  expect(found).toEqual([]);
});

test("the search for English finds it", () => {
  const source = "const a = <p title='Hello' aria-label={`World`}>Some words {b} · /</p>;";
  expect(wordsIn(parseAst(source, { lang: "tsx" }))).toEqual(["Hello", "World", "Some words"]);
});

function visit(value: unknown, path: string, say: (path: string, text: string) => void) {
  if (typeof value === "string") {
    // A note may be a part of a sentence; a whole text never is empty.
    say(path, value);
  } else if (typeof value === "function") {
    const make = value as (...args: unknown[]) => unknown;
    const args = Array.from({ length: value.length || 1 }, () => 2);
    visit(make(...args), `${path}()`, say);
  } else if (value && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) visit(inner, `${path}.${key}`, say);
  }
}

/** The words that a tree of JSX holds itself, in the order of the source. */
function wordsIn(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(wordsIn);
  if (!node || typeof node !== "object") return [];
  const { type, value, name } = node as { type?: string; value?: unknown; name?: unknown };
  const own: string[] = [];
  if (type === "JSXText") own.push(...english(value));
  if (type === "JSXAttribute" && SPOKEN.has(String((name as { name?: unknown }).name))) {
    own.push(...literals(value));
  }
  return [...own, ...Object.values(node).flatMap(wordsIn)];
}

function literals(value: unknown): string[] {
  const node = value as {
    type?: string;
    value?: unknown;
    expression?: unknown;
    quasis?: { value: { cooked: string } }[];
  } | null;
  if (node?.type === "Literal") return english(node.value);
  if (node?.type === "JSXExpressionContainer") return literals(node.expression);
  if (node?.type === "TemplateLiteral") {
    return (node.quasis ?? []).flatMap((quasi) => english(quasi.value.cooked));
  }
  return [];
}

function english(value: unknown): string[] {
  return typeof value === "string" && /\p{L}{2}/u.test(value) ? [value.trim()] : [];
}
