// A server for tests: answers by method and path, and remembers what was asked.
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  body: unknown;
}

type Answer = (body: unknown, signal: AbortSignal | null) => Response | Promise<Response>;

/** Stands in for `fetch`. A call that nobody expected is answered with 404. */
export function serve(answers: Record<string, Answer>): { asked: Asked[] } {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const method = init.method ?? "GET";
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as unknown) : undefined;
    asked.push({ method, path, body });
    const answer = answers[`${method} ${path}`];
    if (!answer) return json({ error: { code: "missing", message: `no ${path}` } }, 404);
    return answer(body, init.signal ?? null);
  });
  return { asked };
}

export const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), { status });

export const done = () => new Response(null, { status: 204 });

/** An event stream that a test writes to. */
export function stream(): {
  response: () => Response;
  say: (event: unknown) => void;
  end: () => void;
} {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(started) {
      controller = started;
    },
  });
  return {
    response: () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
    say: (event) =>
      controller?.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(event)}\n\n`)),
    end: () => controller?.close(),
  };
}
