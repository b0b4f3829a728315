import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";

/** A model of the suite's own, behind Ollama's API (its `docs/api.md`). */
export interface Model {
  /** Such as `http://127.0.0.1:34567`. */
  readonly url: string;
  /** What it was asked, word by word. */
  readonly asked: readonly string[];
  /** The pieces that were taken from it so far, in all replies. */
  pieces(): number;
  /** How many replies were broken off by whoever asked. */
  brokenOff(): number;
  close(): void;
}

/** The pieces of a reply, anew for each question. */
export type Reply = () => Iterable<string> | AsyncIterable<string>;

const NAME = "tester:30b";
const ABOUT = { name: NAME, model: NAME, size: 1_000, digest: "0", details: { family: "test", parameter_size: "30B", quantization_level: "Q4_K_M" } };
const FACTS: Readonly<Record<string, unknown>> = {
  "/api/version": { version: "0.12.10" },
  "/api/tags": { models: [ABOUT] },
  "/api/ps": { models: [{ ...ABOUT, size_vram: 0, expires_at: "2030-01-01T00:00:00Z" }] },
  "/api/show": {
    details: ABOUT.details,
    capabilities: ["completion"],
    model_info: { "general.architecture": "test", "test.context_length": 32_768 },
  },
};

/** Starts a model that answers every question with the pieces of `reply`, as fast as they are taken and no faster. */
export async function startModel(reply: Reply): Promise<Model> {
  const asked: string[] = [];
  let pieces = 0;
  let brokenOff = 0;
  const line = (content: string, more: object = { done: false }) =>
    `${JSON.stringify({ model: NAME, message: { role: "assistant", content }, ...more })}\n`;
  const end = { done: true, done_reason: "stop", prompt_eval_count: 9, eval_count: 9 };
  async function* lines(): AsyncGenerator<string> {
    for await (const piece of reply()) {
      pieces += 1;
      yield line(piece);
    }
    yield line("", end);
  }
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += part;
    const fact = FACTS[request.url ?? ""];
    if (fact !== undefined) return void response.end(JSON.stringify(fact));
    if (request.url !== "/api/chat") return void response.writeHead(request.url === "/" ? 200 : 404).end("Ollama is running");
    // Without messages it is only loaded.
    if (!(JSON.parse(body) as { messages?: unknown[] }).messages?.length) return void response.end(line("", end));
    asked.push(body);
    response.once("close", () => {
      if (!response.writableFinished) brokenOff += 1;
    });
    Readable.from(lines()).pipe(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    pieces: () => pieces,
    brokenOff: () => brokenOff,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
