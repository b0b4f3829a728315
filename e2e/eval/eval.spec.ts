import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { type Program, startProgram } from "../fixtures/program.ts";
import { type Reply, viaPlainRequest } from "./baseline.ts";
import { viaProduct } from "./product.ts";
import { readPrompts } from "./prompts.ts";
import { type Arm, type Outcome, record, writeTable } from "./record.ts";

// The results are figures, not verdicts: a test here fails only when it could not measure.

const setting = (name: string) => process.env[`CUMULONIMBUS_EVAL_${name}`] ?? "";
const folder = setting("OUT");
const provider = setting("PROVIDER");
const model = setting("MODEL");
const prompts = readPrompts(setting("PROMPTS"));
/** A generation of a small model on two cores, with repairs, takes some minutes. */
const GENERATION = 20 * 60_000;

test.setTimeout(GENERATION);

let program: Program;
let data: string;

test.beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), "cumulonimbus-eval-"));
  const models = Object.entries(process.env).filter(([name]) => /^(OLLAMA|OPENROUTER|LLM)_/.test(name));
  const variables = Object.fromEntries(models.map(([name, value]) => [name, value ?? ""]));
  program = await startProgram(data, { OLLAMA_ENABLED: "true", LLM_PROVIDER: "auto", ...variables });
});

test.afterAll(async () => {
  await program.stop();
  rmSync(data, { recursive: true, force: true });
  const asked = model === "" ? provider : `${provider}, \`${model}\``;
  process.stdout.write(`\n${writeTable(folder, prompts, `Asked: ${asked}.`)}\n`);
});

for (const prompt of prompts) {
  for (const arm of setting("ARMS").split(",") as Arm[]) {
    test(`${arm} ${prompt.name}`, async ({ page }) => {
      const file = (ending: string) => join(folder, `${arm}-${prompt.name}.${ending}`);
      const keep = (ending: string, text: string) => writeFileSync(file(ending), text);
      let outcome: Outcome;
      if (arm === "product") {
        outcome = await viaProduct(page, program, prompt, { provider, ...(model === "" ? {} : { model }) }, keep);
      } else {
        const address = process.env["OLLAMA_API_URL"] ?? "http://localhost:11434";
        expect(model, "the baseline asks one named model of Ollama: give `--model`").not.toBe("");
        const kept = (ending: string) =>
          existsSync(file(ending)) ? (JSON.parse(readFileSync(file(ending), "utf8")) as Reply) : undefined;
        outcome = await viaPlainRequest(page, { address, name: model }, prompt, keep, kept);
      }
      record(folder, { arm, name: prompt.name, ...outcome });
      if (outcome.state !== "no-build") await page.screenshot({ path: file("png") });
    });
  }
}
