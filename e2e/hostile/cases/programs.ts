import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Program, startProgram } from "../../fixtures/program.ts";
import { type Model, type Reply, startModel } from "../arena/model.ts";
import { type Stage, until } from "../arena/stage.ts";

/** A program of a case's own, ended with it. */
export async function withProgram<T>(variables: Readonly<Record<string, string>>, use: (program: Program) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "cumulonimbus-hostile-"));
  const program = await startProgram(folder, variables);
  try {
    return await use(program);
  } finally {
    await program.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Variables for a model that speaks as Ollama does. */
export function ollamaAt(url: string): Record<string, string> {
  return { LLM_PROVIDER: "ollama", OLLAMA_ENABLED: "true", OLLAMA_API_URL: url };
}

/** A program of a case's own with a model that replies so, and a browser that is signed in there. */
export async function withModel<T>(
  stage: Stage,
  reply: Reply,
  use: (own: Stage, model: Model, program: Program) => Promise<T>,
): Promise<T> {
  const model = await startModel(reply);
  try {
    return await withProgram(ollamaAt(model.url), async (program) => {
      const own = await stage.at(program);
      const isThere = async () => (await (await own.api("/api/llm/health")).text()).includes('"healthy":true');
      await until("the model is there", isThere);
      return await use(own, model, program);
    });
  } finally {
    model.close();
  }
}

/** The most memory that a process has had, in MiB. */
export async function mostMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s*(\d+)/.exec(status)?.[1]) / 1024);
}
