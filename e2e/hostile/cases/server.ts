import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { shell, type Stage, until } from "../arena/stage.ts";
import type { Finding } from "../arena/vector.ts";
import type { Case } from "./case.ts";
import { absent, attempt, check, notYet } from "./check.ts";
import { mostMemory, ollamaAt, withProgram } from "./programs.ts";
import { send } from "./raw.ts";

const host = (stage: Stage) => new URL(stage.target.origin).host;

function get(path: string, name: string, more = ""): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n${more}\r\n`;
}

function post(stage: Stage, body: string, more: Readonly<Record<string, string>>): string {
  const headers = { host: host(stage), connection: "close", "content-length": String(Buffer.byteLength(body)), ...more };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /api/apps/import HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** Where clouds give their machines credentials. */
const METADATA = "169.254.169.254";

const FILES = JSON.stringify({ files: { "src/App.tsx": "export default () => null" } });

async function cookieOf(stage: Stage): Promise<string> {
  const { headers } = await send(stage.target.origin, get(`/?token=${stage.target.token}`, host(stage)));
  return headers["set-cookie"]?.split(";")[0] ?? "";
}

/** A program with a model at an address of the case's choice: what it says of the model's health. */
async function withOllama<T>(url: string, use: (health: string, memory: () => Promise<number>) => Promise<T>): Promise<T> {
  return await withProgram(ollamaAt(url), async (program) => {
    const ask = async () => {
      const headers = { authorization: `Bearer ${program.token}` };
      return await (await fetch(`${program.origin}/api/llm/health`, { headers })).text();
    };
    // The program asks in the background, from its start.
    await until("the model's server was asked", async () => !(await ask()).includes("has not been asked yet"), 20_000);
    return await use(await ask(), () => mostMemory(program.pid));
  });
}

/** A model's server of the case's own, at an address of the loopback. */
async function fakeOllama(answer: (path: string) => { status: number; headers: Record<string, string>; body: string | Buffer }, address = "127.0.0.1") {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { status, headers, body } = answer(request.url ?? "");
    response.writeHead(status, headers);
    response.end(body);
  });
  server.listen(0, address);
  await once(server, "listening");
  const url = `http://${address}:${(server.address() as AddressInfo).port}`;
  return { url, asked, close: () => server.close() };
}

/** A model's address that is where clouds keep their machines' credentials; in this namespace it is the case's own. */
async function towardsMetadata(secret: string): Promise<Finding[]> {
  const service = await fakeOllama(() => ({ status: 200, headers: {}, body: secret }), METADATA);
  const said = await withOllama(service.url, async (health) => health).catch((error: unknown) => String(error));
  service.close();
  if (said.includes("ended at its start")) {
    const named = said.includes("OLLAMA_API_URL") && !said.includes("panicked");
    return [check("the metadata service's address", named && service.asked.length === 0, `the program does not start with it: ${said.slice(-200)}`)];
  }
  return [
    check("the metadata service's words", !said.includes(secret) && service.asked.length > 0, "nothing of its answer is shown"),
    notYet("the metadata service's address", service.asked.length > 0, "the product has no refusal of it: the address is the administrator's alone, in the environment"),
  ];
}

/** Cases 96 to 106. */
export const edges: readonly Case[] = [
  {
    id: 96,
    title: "host names that are not served",
    category: "server",
    browserless: true,
    async run(stage) {
      const { port } = new URL(stage.target.origin);
      const names = ["evil.test", `evil.test:${port}`, "localhost", `localhost.evil.test:${port}`, `0.0.0.0:${port}`, `127.1:${port}`, `evil.localhost:${port}`, `[::ffff:127.0.0.1]:${port}`];
      const findings = [];
      for (const name of names) {
        for (const path of ["/", "/api/session"]) {
          const { status } = await send(stage.target.origin, get(path, name));
          findings.push(check(`${name.replace(port, "PORT")}${path}`, status === 421, `status ${status}`));
        }
      }
      const twice = await send(stage.target.origin, get("/", host(stage), "Host: evil.test\r\n"));
      const line = await send(stage.target.origin, get("http://evil.test/", host(stage)));
      return [
        ...findings,
        check("two names", [400, 421].includes(twice.status), `status ${twice.status}`),
        check("another one in the request line", [400, 421].includes(line.status), `status ${line.status}`),
      ];
    },
  },
  {
    id: 97,
    title: "the API under an app's host name",
    category: "server",
    browserless: true,
    async run(stage) {
      const app = await stage.coded("");
      const name = `${app.appId.replaceAll("-", "")}.${host(stage)}`;
      const findings = [];
      for (const path of ["/api/session", "/api/apps", `/api/apps/${app.appId}`, "/metrics", "/?token=x", "/settings"]) {
        const { status, headers } = await send(stage.target.origin, get(path, name, `Authorization: Bearer ${stage.target.token}\r\n`));
        const sealed = headers["content-security-policy"]?.startsWith("sandbox allow-scripts allow-forms;") ?? false;
        findings.push(check(path.replace(app.appId, "…"), [404, 421].includes(status) && sealed, `status ${status}, ${sealed ? "sealed" : "without the policy"}`));
      }
      return findings;
    },
  },
  {
    id: 98,
    title: "requests of an opaque origin",
    category: "server",
    browserless: true,
    async run(stage) {
      const cookie = await cookieOf(stage);
      const json = { "content-type": "application/json", "x-cumulonimbus": "1", cookie };
      const own = await send(stage.target.origin, post(stage, FILES, { ...json, origin: stage.target.origin }));
      const opaque = await send(stage.target.origin, post(stage, FILES, { ...json, origin: "null" }));
      const bearer = await send(stage.target.origin, post(stage, FILES, { ...json, origin: "null", authorization: `Bearer ${stage.target.token}` }));
      const reading = await send(stage.target.origin, get("/api/apps", host(stage), `Cookie: ${cookie}\r\nOrigin: null\r\n`));
      return [
        check("the same with our origin", own.status === 200, `status ${own.status}`),
        check("Origin: null", opaque.status === 403, `status ${opaque.status}`),
        check("Origin: null with the owner's token", bearer.status === 403, `status ${bearer.status}`),
        check("reading", reading.status === 403, `status ${reading.status}`),
      ];
    },
  },
  {
    id: 99,
    title: "requests of another page of this machine",
    category: "server",
    async run(stage) {
      const cookie = await cookieOf(stage);
      const json = { "content-type": "application/json", "x-cumulonimbus": "1", cookie };
      const findings = [];
      const variants: Record<string, Record<string, string>> = {
        "another port": { origin: "http://localhost:3000" },
        "same-site": { origin: stage.target.origin, "sec-fetch-site": "same-site" },
        "cross-site": { origin: stage.target.origin, "sec-fetch-site": "cross-site" },
        "no origin": {},
      };
      for (const [vector, more] of Object.entries(variants)) {
        const { status } = await send(stage.target.origin, post(stage, FILES, { ...json, ...more }));
        findings.push(check(vector, status === 403, `status ${status}`));
      }
      const { "x-cumulonimbus": _, ...plain } = json;
      const headerless = await send(stage.target.origin, post(stage, FILES, { ...plain, origin: stage.target.origin }));
      const tab = await stage.tab();
      await tab.goto(await stage.sinks.page(stage.sinks.tag(99), "<!doctype html><title>another port</title>"));
      const before = await countApps(stage);
      const crossed = await tab.inPage(
        async ({ url, body }) => {
          const request = (init: RequestInit) => fetch(`${url}/api/apps/import`, { method: "POST", credentials: "include", body, ...init }).then((response) => response.status, () => 0);
          return [await request({ mode: "no-cors" }), await request({ headers: { "content-type": "application/json", "x-cumulonimbus": "1" } })];
        },
        { url: stage.target.origin, body: FILES },
      );
      return [
        ...findings,
        check("without our header", headerless.status === 403, `status ${headerless.status}`),
        check("a page on another port, with the cookie", crossed.every((status) => status === 0) && (await countApps(stage)) <= before + 2, `it saw ${crossed.join(", ")}`),
      ];
    },
  },
  {
    id: 100,
    title: "JSON that says it is text",
    category: "server",
    browserless: true,
    async run(stage) {
      const cookie = await cookieOf(stage);
      const findings = [];
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "text/plain; application/json"]) {
        const { status } = await send(stage.target.origin, post(stage, FILES, { "content-type": type, "x-cumulonimbus": "1", cookie, origin: stage.target.origin }));
        findings.push(check(type, status === 415, `status ${status}`));
      }
      // An upload is a form, which any page can send: what no other page can is our header.
      const form = await send(stage.target.origin, post(stage, FILES, { "content-type": "multipart/form-data; boundary=x", cookie, origin: stage.target.origin }));
      findings.push(check("a form without our header", form.status === 403, `status ${form.status}`));
      return findings;
    },
  },
  {
    id: 101,
    title: "a WebSocket from another page",
    category: "server",
    browserless: true,
    async run(stage) {
      const cookie = await cookieOf(stage);
      const findings = [];
      for (const path of ["/api/generations", "/api/sandbox/call", "/ws", "/"]) {
        const { status } = await send(
          stage.target.origin,
          get(path, host(stage), `Cookie: ${cookie}\r\nOrigin: http://evil.test\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n`).replace("Connection: close", "Connection: Upgrade"),
          800,
        );
        findings.push(check(path, status !== 101, `status ${status}; the server speaks no WebSocket`));
      }
      return findings;
    },
  },
  {
    id: 102,
    title: "addresses of this machine and network",
    category: "server",
    async run(stage) {
      const tag = stage.sinks.tag(102);
      const domain = `${tag}.evil.test`;
      // The name is public in form and leads to an address of a private network, as in rebinding.
      const declared = JSON.stringify({ permissions: { http: { domains: [domain], reason: "to be hostile" } } });
      const app = await stage.app(shell(""), "Outgoing", { "cumulonimbus.json": declared });
      const granted = await stage.api(`/api/apps/${app.appId}/permissions`, { versionId: app.versionId, allow: { ai: false, domains: [domain], sharedData: false } }, "PUT");
      const words = await granted.text();
      const tab = await stage.open(app);
      const urls = [`https://${domain}/`, `http://${domain}/`, "http://127.1/", "http://0x7f000001/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/", stage.target.origin];
      const findings = [check("the grant itself", granted.ok, `status ${granted.status} ${words.slice(0, 120)}`)];
      for (const url of urls) {
        const seen = await tab.inFrame(attempt, { method: "http.fetch", params: { url } });
        findings.push(check(url.replace(tag, "…"), seen.startsWith("refused"), seen));
      }
      // The server may look the name up; it must not connect.
      const connected = (await stage.sinks.hits(tag)).filter(({ via }) => via !== "dns");
      return [...findings, check("connections", connected.length === 0, connected.length === 0 ? "none to the private address" : connected)];
    },
  },
  {
    id: 103,
    title: "what unpacks to a thousand times its size",
    category: "server",
    browserless: true,
    async run(stage) {
      const bomb = gzipSync(Buffer.alloc(256 * 1024 * 1024, 32));
      const head = post(stage, "", {
        "content-type": "application/json",
        "content-encoding": "gzip",
        "content-length": String(bomb.length),
        authorization: `Bearer ${stage.target.token}`,
      });
      const { status } = await send(stage.target.origin, Buffer.concat([Buffer.from(head), bomb]));
      const ollama = await fakeOllama(() => ({ status: 200, headers: { "content-type": "application/json", "content-encoding": "gzip" }, body: bomb }));
      const seen = await withOllama(ollama.url, async (health, memory) => ({
        mebibytes: await memory(),
        health: health.slice(0, 120),
      }));
      ollama.close();
      return [
        check("a request", status >= 400 && status < 500, `status ${status}`),
        check("a model's answer", seen.mebibytes < 220 && ollama.asked.length > 0, `${seen.mebibytes} MiB of memory; ${ollama.asked[0]}; ${seen.health}`),
      ];
    },
  },
  {
    id: 104,
    title: "a model's address that is something else",
    category: "server",
    browserless: true,
    async run(stage) {
      const tag = stage.sinks.tag(104);
      const secret = "secret-of-another-service";
      const redirecting = await fakeOllama(() => ({ status: 302, headers: { location: `http://${tag}.evil.test/` }, body: secret }));
      const redirected = await withOllama(redirecting.url, async (health) => health);
      redirecting.close();
      const hits = await stage.sinks.hits(tag, 500);
      const other = await fakeOllama(() => ({ status: 500, headers: {}, body: secret }));
      const echoed = await withOllama(other.url, async (health) => health);
      other.close();
      const self = await withOllama(stage.target.origin, async (health) => health);
      const metadata = await towardsMetadata(secret);
      return [
        check("a redirect", redirecting.asked.length > 0 && hits.length === 0 && !redirected.includes(secret), `not followed: ${redirected.slice(0, 160)}`),
        check("another service", !echoed.includes(secret), `its words are not shown; asked ${[...new Set(other.asked)].join(", ")}`),
        check("this program's kind", self.includes('"healthy":false') && !self.includes("signed-out"), self.slice(0, 260)),
        ...metadata,
      ];
    },
  },
  {
    id: 105,
    title: "an app's code on the server that never ends",
    category: "server",
    run: (stage) => absent(stage, "code of apps on the server", "backend.call", "/api/sandbox/backend"),
  },
  {
    id: 106,
    title: "an app's code on the server that looks around",
    category: "server",
    run: (stage) => absent(stage, "code of apps on the server", "backend.eval", "/api/sandbox/backend"),
  },
];

async function countApps(stage: Stage): Promise<number> {
  return ((await (await stage.api("/api/apps")).json()) as { apps: unknown[] }).apps.length;
}
