import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FullConfig, FullResult, Reporter, TestCase, TestError, TestResult } from "@playwright/test/reporter";
import type { Finding, Outcome } from "./arena/vector.ts";

/** What a case attaches. */
interface CaseFindings {
  readonly id: number;
  readonly title: string;
  readonly category: string;
  readonly findings: readonly Finding[];
}

/** Prints a line for each case and a closing line, and writes `report/hostile.md`. */
export default class HostileReport implements Reporter {
  readonly #cases: (CaseFindings & { browser: string })[] = [];
  readonly #failures: string[] = [];
  #browsers: string[] = [];
  #passed = 0;
  #started = 0;

  onBegin(config: FullConfig): void {
    this.#browsers = config.projects.map(({ name }) => name);
    this.#started = Date.now();
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const browser = test.parent.project()?.name ?? "";
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
    writeFileSync(`${folder}/hostile.md`, this.#text(closing, seconds));
    console.log(`${this.#counts()}\nThe report is in e2e/report/hostile.md; ${seconds} s.\n${closing}`);
    return { status: this.#failures.length > 0 ? "failed" : result.status };
  }

  #counts(): string {
    const counts = new Map<Outcome, number>();
    for (const { outcome } of this.#cases.flatMap(({ findings }) => findings)) {
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    }
    return [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(", ");
  }

  #text(closing: string, seconds: number): string {
    const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
    const rows = this.#cases
      .sort((a, b) => a.id - b.id || a.browser.localeCompare(b.browser))
      .flatMap(({ id, title, browser, findings }) =>
        findings.map(
          ({ vector, outcome, seen }) =>
            `| ${id} | ${cell(title)} | ${cell(vector)} | ${browser} | ${outcome} | ${cell(seen)} |`,
        ),
      );
    const failures = this.#failures.map((failure) => `- ${failure.replaceAll("\n", "\n  ")}`);
    return [
      "# The hostile suite",
      "",
      `${closing}, in ${seconds} s. By outcome: ${this.#counts()}.`,
      ...(this.#browsers.includes("firefox")
        ? []
        : ["", "Firefox was not run: `/usr/bin/firefox-esr` is not installed."]),
      ...(failures.length > 0 ? ["", "## Failures", "", ...failures] : []),
      "",
      "| case | title | vector | browser | outcome | how it was seen |",
      "| --- | --- | --- | --- | --- | --- |",
      ...rows,
      "",
    ].join("\n");
  }
}

function plain(text: string): string {
  // Colours are for terminals.
  return text.replaceAll(/\u001b\[[0-9;]*m/g, "");
}
