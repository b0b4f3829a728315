import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Prompt } from "./prompts.ts";

/** What became of one description. */
export interface Outcome {
  /** What the browser shows; `no-build`: nothing that could be opened. */
  readonly state: "ready" | "blank" | "error" | "no-build";
  /** From the request to the end of the generation. */
  readonly seconds: number;
  /** That the model wrote, repairs included. */
  readonly tokens: number;
  /** Repairs without a model. */
  readonly fixes: number;
  /** Repairs that the model was asked for. */
  readonly rounds: number;
  readonly error?: string;
  /** Whether it did what the prompt's steps ask; absent where it has none or did not render. */
  readonly does?: boolean;
  /** The step at which it did not. */
  readonly failed?: string;
}

/** Who made the app: our steps, or one plain request. */
export type Arm = "product" | "baseline";

/** One line of the results. */
export interface Result extends Outcome {
  readonly arm: Arm;
  readonly name: string;
}

/** Where the results of one run are. */
export const RESULTS = "results.jsonl";

/** Appends a result, so that a run that is broken off has kept what it had. */
export function record(folder: string, result: Result): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, RESULTS), `${JSON.stringify(result)}\n`);
}

/** Reads the results of a folder; a repeated one counts once, the last time. */
export function results(folder: string): Result[] {
  const file = join(folder, RESULTS);
  const lines = existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  const byRun = new Map<string, Result>();
  for (const line of lines) {
    const result = JSON.parse(line) as Result;
    byRun.set(`${result.arm} ${result.name}`, result);
  }
  return [...byRun.values()];
}

/** Writes the results as Markdown, one row a prompt, and gives the text. */
export function writeTable(folder: string, prompts: readonly Prompt[], about: string): string {
  const all = results(folder);
  const arms = (["product", "baseline"] as const).filter((arm) => all.some((result) => result.arm === arm));
  const head = ["prompt", ...arms.flatMap((arm) => [arm, "does it", "s", "tokens", "repairs", "picture"])];
  const rows = prompts.flatMap(({ name }) => {
    const cells = arms.map((arm) => cellsOf(all.find((result) => result.arm === arm && result.name === name)));
    return cells.every((part) => part[0] === "") ? [] : [[name, ...cells.flat()]];
  });
  const table = [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
  const text = `${about}\n\n${table}\n\n${arms.map((arm) => total(arm, all)).join("\n")}\n${ratio(all)}\n${failures(all)}`;
  writeFileSync(join(folder, "table.md"), text);
  return text;
}

function cellsOf(result: Result | undefined): string[] {
  if (result === undefined) return ["", "", "", "", "", ""];
  const does = result.does === undefined ? "" : result.does ? "yes" : "no";
  const picture = result.state === "no-build" ? "" : `${result.arm}-${result.name}.png`;
  const repairs = `${result.fixes} + ${result.rounds}`;
  return [result.state, does, result.seconds.toFixed(0), String(result.tokens), repairs, picture];
}

function total(arm: Arm, all: readonly Result[]): string {
  const mine = all.filter((result) => result.arm === arm);
  const rendered = mine.filter(({ state }) => state === "ready").length;
  const does = mine.filter(({ does }) => does).length;
  return `- ${arm}: ${rendered} of ${mine.length} render without errors, ${does} do what their steps ask.`;
}

function ratio(all: readonly Result[]): string {
  const share = (arm: Arm) => {
    const mine = all.filter((result) => result.arm === arm);
    return mine.filter(({ state }) => state === "ready").length / mine.length;
  };
  const [product, baseline] = [share("product"), share("baseline")];
  if (Number.isNaN(product + baseline)) return "";
  return `- ratio of the shares that render: ${baseline === 0 ? "no baseline rendered" : (product / baseline).toFixed(1)}.`;
}

function failures(all: readonly Result[]): string {
  const failed = all.filter(({ state, does }) => state !== "ready" || does === false);
  const why = ({ arm, name, error, failed }: Result) => `- ${arm} ${name}: ${(error ?? failed ?? "").slice(0, 300)}`;
  return failed.length === 0 ? "" : `\nWhat failed:\n\n${failed.map(why).join("\n")}\n`;
}
