import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { startDns } from "./dns.ts";
import { type Hit, Hits } from "./hits.ts";
import { UdpPorts } from "./udp.ts";
import { startHttp, startTcp } from "./web.ts";

/** All sinks, and the page by which the workers ask what arrived. */
export interface SinkServer {
  /** Where workers ask, such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** What arrived for attacks after they were judged sealed: late leaks, as sentences. */
  late(): string[];
  /** What browsers did by themselves. */
  untagged(): string[];
  close(): void;
}

/** Starts every sink at an address of the namespace. */
export async function startSinks(address: string): Promise<SinkServer> {
  const hits = new Hits();
  const udp = new UdpPorts(address, hits.note);
  const ends = [
    await startDns(address, hits.note),
    await startHttp(address, hits.note),
    await startTcp(address, hits.note),
  ];
  const sealed = new Map<string, string>();
  const pages = new Map<string, string>();

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://sinks");
    const tag = searchParams.get("tag") ?? "";
    const json = (value: unknown) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(value));
    };
    const route = async () => {
      if (pathname === "/hits") json(await hits.wait(tag, Math.min(Number(searchParams.get("ms")), 20_000)));
      else if (pathname === "/udp") json(await udp.open(tag));
      else if (pathname === "/sealed") json(sealed.set(tag, searchParams.get("vector") ?? "").size);
      else if (pathname === "/page" && request.method === "POST") json(pages.set(tag, await textOf(request)).size);
      else {
        // A page without any of our headers: where the negative controls run.
        const page = pages.get(pathname.slice(1));
        response.writeHead(page === undefined ? 404 : 200, {
          "content-type": `text/${pathname.endsWith(".js") ? "javascript" : "html"}; charset=utf-8`,
        });
        response.end(page ?? "");
      }
    };
    route().catch((error: unknown) => {
      response.writeHead(500);
      response.end(String(error));
    });
  });
  server.listen(0);
  await once(server, "listening");

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    late: () =>
      [...sealed].flatMap(([tag, vector]) =>
        hits.of(tag).map((hit: Hit) => `${vector}: ${hit.via} ${hit.what}`),
      ),
    untagged: () => [...hits.untagged],
    close() {
      for (const end of ends) end();
      udp.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
