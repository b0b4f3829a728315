import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FullResult, Reporter, Suite, TestCase, TestError, TestResult } from "@playwright/test/reporter";
import { CHROMIUM } from "./arena/chromium.ts";
import { FIREFOX } from "./arena/firefox.ts";
import type { Finding, Outcome } from "./arena/vector.ts";

/** What a case attaches. */
interface CaseFindings {
  readonly id: number;
  readonly title: string;
  readonly category: string;
  readonly browserless: boolean;
  readonly findings: readonly Finding[];
}

type Told = CaseFindings & { readonly browser: string };
type Line = Omit<Told, "findings"> & Finding;

const BROWSERS: Readonly<Record<string, string>> = { chromium: CHROMIUM, firefox: FIREFOX };
const OUTCOMES: readonly Outcome[] = ["blocked", "heard", "unsupported", "not there yet", "leaked, as known", "possible, as known", "leaked", "failed"];

/** The browser of a project: its name's first word. */
export function browserOf(project: string): string {
  return project.split(" ")[0] ?? project;
}

/** Prints a line for each case and a closing line, and writes `report/hostile.md`. */
export default class HostileReport implements Reporter {
  readonly #cases: Told[] = [];
  readonly #failures: string[] = [];
  #browsers: string[] = [];
  #passed = 0;
  #started = 0;

  onBegin(_: unknown, suite: Suite): void {
    this.#browsers = suite.suites.map(({ title }) => browserOf(title));
    this.#started = Date.now();
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const browser = browserOf(test.parent.project()?.name ?? "");
    const passed = result.status === "passed";
    if (passed) this.#passed += 1;
    const words = result.errors.map(({ message = "" }) => plain(message)).join("\n");
    console.log(`${passed ? "ok    " : "FAILED"} ${browser} ${test.title} (${(result.duration / 1000).toFixed(1)} s)`);
    if (!passed) {
      this.#failures.push(`${browser} ${test.title}: ${words}`);
      console.log(words);
    }
    for (const { name, body } of result.attachments) {
      if (name === "findings" && body) {
        const found = JSON.parse(body.toString()) as CaseFindings;
        this.#cases.push({ ...found, browser });
      }
    }
  }

  onError(error: TestError): void {
    this.#failures.push(plain(error.message ?? "an error without words"));
    console.log(plain(error.message ?? ""));
  }

  async onEnd(result: FullResult): Promise<{ status: FullResult["status"] }> {
    const seconds = Math.round((Date.now() - this.#started) / 1000);
    const folder = fileURLToPath(new URL("../report", import.meta.url));
    mkdirSync(folder, { recursive: true });
    const closing = `${this.#passed} passed, ${this.#failures.length} failed`;
    const failures = this.#failures.map((failure) => `- ${failure.replaceAll("\n", "\n  ")}`);
    const lines = this.#cases
      .sort((a, b) => a.id - b.id || a.browser.localeCompare(b.browser))
      .flatMap(({ findings, ...about }) => findings.map((finding) => ({ ...about, ...finding })));
    const text = [
      "# The hostile suite",
      `${closing}, in ${seconds} s.`,
      ...this.#ran(),
      ...(failures.length > 0 ? ["## Failures", failures.join("\n")] : []),
      ...sections(lines),
    ];
    writeFileSync(`${folder}/hostile.md`, `${text.join("\n\n")}\n`);
    const counts = OUTCOMES.map((outcome) => [outcome, count(lines, outcome)] as const).filter(([, found]) => found > 0);
    console.log(counts.map(([outcome, found]) => `${found} ${outcome}`).join(", "));
    console.log(`${this.#ran().join("\n")}\nThe report is in e2e/report/hostile.md; ${seconds} s.\n${closing}`);
    return { status: this.#failures.length > 0 ? "failed" : result.status };
  }

  /** Which browsers took part, and which did not. */
  #ran(): string[] {
    return Object.entries(BROWSERS).map(([name, path]) => {
      const version = versionOf(path);
      if (this.#browsers.includes(name)) return `${name}: ${version ?? path}.`;
      return version === undefined ? `${name} was not run: there is no \`${path}\`.` : `${name} was not run, though \`${path}\` is there.`;
    });
  }
}

function sections(lines: readonly Line[]): string[] {
  const known = lines.filter(({ outcome }) => outcome === "leaked, as known" || outcome === "possible, as known");
  const absent = lines.filter(({ outcome }) => outcome === "not there yet");
  const times = lines.filter(({ milliseconds }) => milliseconds !== undefined);
  const browsers = [...new Set(lines.map(({ browser }) => browser))];
  return [
    "## By category",
    table(
      ["category", "browser", ...OUTCOMES],
      [...new Set(lines.map(({ category }) => category))].flatMap((category) =>
        browsers.map((browser) => {
          const own = lines.filter((line) => line.category === category && line.browser === browser);
          return [category, browser, ...OUTCOMES.map((outcome) => String(count(own, outcome)))];
        }),
      ),
    ),
    ...part("What is known to get out, or to be possible (SECURITY.md)", ["case", "vector", "browser", "outcome", "how it was seen"], known, (line) => [`${line.id} ${line.title}`, line.vector, line.browser, line.outcome, line.seen]),
    ...part("What is not there yet", ["case", "what was tested instead", "browser", "why"], absent, (line) => [`${line.id} ${line.title}`, line.vector, line.browser, line.seen]),
    ...(times.length === 0 ? [] : ["## Times, in milliseconds", byBrowser(times, browsers, ({ milliseconds }) => String(milliseconds))]),
    "## Every vector",
    "Cases that no browser takes part in run once, and stand in the first column.",
    byBrowser(lines, browsers, ({ outcome }) => outcome, ({ seen }) => seen),
  ];
}

function part(heading: string, columns: readonly string[], lines: readonly Line[], row: (line: Line) => string[]): string[] {
  return lines.length === 0 ? [] : [`## ${heading}`, table(columns, lines.map(row))];
}

/** One row for each vector, with a column for each browser, and how it was seen in each if that is to be told. */
function byBrowser(lines: readonly Line[], browsers: readonly string[], cell: (line: Line) => string, seen?: (line: Line) => string): string {
  const rows = new Map<string, Line[]>();
  for (const line of lines) {
    const key = JSON.stringify([line.id, line.vector]);
    rows.set(key, [...(rows.get(key) ?? []), line]);
  }
  const inBrowser = (row: readonly Line[], browser: string) => row.find((line) => line.browser === browser);
  return table(
    ["case", "vector", ...browsers, ...(seen === undefined ? [] : browsers.map((browser) => `how it was seen in ${browser}`))],
    [...rows.values()].map((row) => {
      const [first] = row as [Line];
      const of = (tell: (line: Line) => string) =>
        browsers.map((browser) => {
          const line = inBrowser(row, browser);
          return line === undefined ? "–" : tell(line);
        });
      return [`${first.id} ${first.title}`, first.vector, ...of(cell), ...(seen === undefined ? [] : of(seen))];
    }),
  );
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((text) => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ")).join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}

function count(lines: readonly Line[], outcome: Outcome): number {
  return lines.filter((line) => line.outcome === outcome).length;
}

function versionOf(path: string): string | undefined {
  try {
    return execFileSync(path, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

function plain(text: string): string {
  // Colours are for terminals.
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "");
}
