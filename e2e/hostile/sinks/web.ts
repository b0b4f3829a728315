import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer, type Server } from "node:net";
import type { Note } from "./hits.ts";

const TYPES: Readonly<Record<string, string>> = {
  js: "text/javascript",
  css: "text/css",
  json: "application/json",
  html: "text/html",
  svg: "image/svg+xml",
  vtt: "text/vtt",
};

/** A web server on port 80 that notes every request and answers so that the next step follows. */
export async function startHttp(address: string, note: Note): Promise<() => void> {
  const noteRequest = (request: IncomingMessage) => {
    const what = `${request.method} ${request.headers.host ?? ""}${request.url ?? ""}`;
    note("http", what, what);
  };
  const server = createHttpServer((request, response) => {
    noteRequest(request);
    const extension = /\.(\w+)(?:\?|$)/.exec(request.url ?? "")?.[1] ?? "html";
    response.writeHead(200, {
      "content-type": TYPES[extension] ?? "application/octet-stream",
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "*",
      "cache-control": "no-store",
      connection: "close",
    });
    response.end(extension === "html" ? "<!doctype html><title>evil</title>evil" : "");
  });
  server.on("upgrade", (request, socket) => {
    noteRequest(request);
    socket.destroy();
  });
  server.listen(80, address);
  await once(server, "listening");
  return () => server.close();
}

/**
 * Listeners for what is not plain HTTP. A TLS client names the host in the clear (RFC 6066), which
 * is all that is needed to know whose connection it is; none is ever completed.
 */
export async function startTcp(address: string, note: Note): Promise<() => void> {
  const servers: Server[] = [];
  for (const port of [443, 3478]) {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (data) => {
        const name = /[a-z0-9.-]+\.evil\.test/.exec(data.toString("latin1"))?.[0];
        note(port === 443 ? "tls" : "tcp", `${name ?? "?"}:${port}`, data.toString("latin1"));
        socket.destroy();
      });
      setTimeout(() => socket.destroy(), 5_000).unref();
    });
    server.listen(port, address);
    await once(server, "listening");
    servers.push(server);
  }
  return () => {
    for (const server of servers) server.close();
  };
}
