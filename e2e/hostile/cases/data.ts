import { pause, type Imported, type Stage } from "../arena/stage.ts";
import type { Case } from "./case.ts";
import { attempt, check, notYet } from "./check.ts";

interface Launched {
  readonly token: string;
  readonly launch: string;
  readonly storage: { readonly local: Record<string, string> };
}

const blank = "export default function App() { return <p>x</p>; }\n";

async function launched(stage: Stage, app: Imported): Promise<Launched> {
  return (await (await stage.api(`/api/apps/${app.appId}/launch`, {})).json()) as Launched;
}

async function call(stage: Stage, token: string | undefined, method: string, params: unknown, more: Record<string, string> = {}) {
  const response = await fetch(`${stage.target.origin}/api/sandbox/call`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }), ...more },
    body: JSON.stringify({ method, params }),
  });
  const text = await response.text();
  return { status: response.status, text: text.slice(0, 200), result: safely(text) };
}

function safely(text: string): any {
  try {
    return JSON.parse(text).result;
  } catch {
    return undefined;
  }
}

/** A token with other claims and the old signature. */
function altered(token: string, claims: object): string {
  const [payload = "", mac] = token.split(".");
  const old = JSON.parse(Buffer.from(payload, "base64url").toString()) as object;
  return `${Buffer.from(JSON.stringify({ ...old, ...claims })).toString("base64url")}.${mac}`;
}

/** Cases 70 to 77. */
export const thefts: readonly Case[] = [
  {
    id: 70,
    title: "another app named in the params",
    category: "data",
    browserless: true,
    async run(stage) {
      const [a, b] = [await stage.app(blank), await stage.app(blank)];
      const [ofA, ofB] = [await launched(stage, a), await launched(stage, b)];
      await call(stage, ofB.token, "data.create", { collection: "notes", data: { secret: "b" } });
      const findings = [];
      for (const name of ["appId", "app", "app_id", "user", "userId", "owner"]) {
        const seen = await call(stage, ofA.token, "data.list", { collection: "notes", [name]: b.appId });
        findings.push(check(`params.${name}`, !seen.text.includes("secret"), `${seen.status} ${seen.text}`));
      }
      return findings;
    },
  },
  {
    id: 71,
    title: "one app's token at another app",
    category: "data",
    browserless: true,
    async run(stage) {
      const [a, b] = [await stage.app(blank), await stage.app(blank)];
      const { token } = await launched(stage, a);
      const findings = [];
      for (const what of ["renew", "revoke"]) {
        const response = await stage.api(`/api/apps/${b.appId}/launch/${what}`, { token });
        findings.push(check(what, [401, 403].includes(response.status), `status ${response.status}`));
      }
      for (const path of [`/api/apps/${a.appId}`, "/api/apps", `/api/apps/${b.appId}/export`]) {
        const response = await fetch(stage.target.origin + path, { headers: { authorization: `Bearer ${token}` } });
        findings.push(check(`GET ${path.replaceAll(/[0-9a-f-]{36}/g, "…")} with it`, response.status === 401, `status ${response.status}`));
      }
      const alive = await call(stage, token, "data.list", { collection: "notes" });
      return [...findings, check("the launch itself", alive.status === 200, "goes on")];
    },
  },
  {
    id: 72,
    title: "tokens that are over, altered or somebody else's",
    category: "data",
    browserless: true,
    async run(stage) {
      const app = await stage.app(blank);
      const { token } = await launched(stage, app);
      const other = "00000000-0000-7000-8000-000000000009";
      const tokens: Record<string, string> = {
        "other audience": altered(token, { aud: "session" }),
        "other app": altered(token, { app: other }),
        "other person": altered(token, { user: other }),
        "other version": altered(token, { version: other }),
        "longer life": altered(token, { exp: 9_999_999_999 }),
        "no signature": `${token.split(".")[0]}.`,
        "the owner's token": stage.target.token,
        nothing: "",
      };
      const findings = [];
      for (const [vector, forged] of Object.entries(tokens)) {
        const seen = await call(stage, forged, "data.list", { collection: "notes" });
        findings.push(check(vector, seen.status === 401, `${seen.status} ${seen.text}`));
      }
      await stage.api(`/api/apps/${app.appId}/launch/revoke`, { token });
      const revoked = await call(stage, token, "data.list", { collection: "notes" });
      const renewed = await stage.api(`/api/apps/${app.appId}/launch/renew`, { token });
      const second = await launched(stage, app);
      await stage.api(`/api/apps/${app.appId}`, undefined, "DELETE");
      const deleted = await call(stage, second.token, "data.list", { collection: "notes" });
      return [
        ...findings,
        check("after its end", revoked.status === 401 && renewed.status === 401, `${revoked.status}, renewal ${renewed.status}`),
        check("after its app was deleted", [401, 404].includes(deleted.status), `${deleted.status} ${deleted.text}`),
      ];
    },
  },
  {
    id: 73,
    title: "a call with the cookie alone",
    category: "data",
    async run(stage) {
      const tab = await stage.tab();
      await tab.goto(`${stage.target.origin}/`);
      const status = await tab.inPage(async () => {
        const response = await fetch("/api/sandbox/call", {
          method: "POST",
          headers: { "content-type": "application/json", "x-cumulonimbus": "1" },
          body: JSON.stringify({ method: "data.list", params: { collection: "notes" } }),
        });
        return { call: response.status, session: (await fetch("/api/session")).status };
      });
      return [check("from the host page", status.call === 401 && status.session === 200, status)];
    },
  },
  {
    id: 74,
    title: "names that are paths",
    category: "data",
    browserless: true,
    async run(stage) {
      const { token } = await launched(stage, await stage.app(blank));
      const findings = [];
      for (const name of ["../x", "a/b", "\u0000", "%2e%2e", "..", "", "x".repeat(65), "a b", "é"]) {
        const seen = await call(stage, token, "data.list", { collection: name });
        findings.push(check(`collection ${JSON.stringify(name).slice(0, 20)}`, seen.status === 400, `${seen.status} ${seen.text}`));
      }
      for (const id of ["../x", "%2e", "\u0000", "1 OR 1=1", "*"]) {
        const seen = await call(stage, token, "data.get", { collection: "notes", id });
        findings.push(check(`record ${JSON.stringify(id)}`, seen.status === 400, `${seen.status} ${seen.text}`));
      }
      const nul = await call(stage, token, "storage.set", { key: "a\u0000b", value: "x" });
      const long = await call(stage, token, "storage.set", { key: "k".repeat(1_025), value: "x" });
      // A storage key is any text; it must stay text.
      const text = await call(stage, token, "storage.set", { key: "../%2e'; DROP TABLE apps; --", value: "x" });
      return [
        ...findings,
        check("storage key with NUL", nul.status === 400, nul.text),
        check("storage key of 1,025 bytes", long.status === 400, long.text),
        check("storage key that is SQL", text.status === 200 && (await stage.api("/api/apps")).ok, "kept as text"),
      ];
    },
  },
  {
    id: 75,
    title: "filling the quota",
    category: "data",
    browserless: true,
    async run(stage) {
      const [a, b] = [await stage.app(blank), await stage.app(blank)];
      const [ofA, ofB] = [await launched(stage, a), await launched(stage, b)];
      let last = { status: 0, text: "" };
      for (let n = 0; n < 8 && last.status !== 507; n++) {
        last = await call(stage, ofA.token, "storage.set", { key: `k${n}`, value: "x".repeat(900_000) });
      }
      const big = await call(stage, ofA.token, "data.create", { collection: "notes", data: { x: "x".repeat(300_000) } });
      const huge = await call(stage, ofA.token, "data.create", { collection: "notes", data: { x: "x".repeat(2_000_000) } }).catch(
        (error: unknown) => ({ status: 413, text: String(error) }),
      );
      const others = await call(stage, ofB.token, "storage.set", { key: "k", value: "x" });
      return [
        check("storage", last.status === 507, last.text),
        check("a record of 300 kB", big.status === 413, big.text),
        check("a record of 2 MB", huge.status === 413, huge.text),
        check("another app", others.status === 200, "can still write"),
      ];
    },
  },
  {
    id: 76,
    title: "channels between apps",
    category: "data",
    async run(stage) {
      const [a, b] = [await stage.run(""), await stage.run("")];
      const listen = () => {
        const heard: string[] = [];
        Object.assign(window, { heard });
        try {
          new BroadcastChannel("evil").onmessage = ({ data }) => heard.push(String(data));
        } catch (error) {
          heard.length = 0;
          return `threw ${(error as Error).name}`;
        }
        window.addEventListener("message", ({ data }) => heard.push(String(data)));
        window.addEventListener("storage", () => heard.push("storage"));
        return "listens";
      };
      const seen = [await b.inFrame(listen), await a.inFrame(attempt, { method: "storage.set", params: { key: "evil", value: "x" } })];
      await a.inFrame(() => {
        try {
          new BroadcastChannel("evil").postMessage("secret");
        } catch {
          // Refused is as good as unheard.
        }
        localStorage.setItem("evil", "secret");
        for (let n = 0; n < parent.frames.length; n++) parent.frames[n]?.postMessage("secret", "*");
      });
      await pause(500);
      // The page's own greeting to itself is no message of another app.
      const heard = await b.inFrame(() => (window as any).heard as string[]);
      const others = await a.inFrame(() => indexedDB.databases?.().then(String, (error: Error) => error.name) ?? "none");
      return [check("BroadcastChannel, storage, postMessage", heard.length === 0, `${seen[0]}; heard ${JSON.stringify(heard)}; IndexedDB ${others}`)];
    },
  },
  {
    id: 77,
    title: "two people with one app",
    category: "data",
    browserless: true,
    async run(stage) {
      const session = await (await stage.api("/api/session")).text();
      const findings = [];
      for (const path of ["/api/users", "/api/accounts", "/api/sign-up"]) {
        const { status } = await stage.api(path, {});
        findings.push(notYet(`POST ${path}`, status === 404, `the product has no accounts; status ${status}`));
      }
      return [...findings, check("whoever signs in", session.includes("user"), `is the one person that there is, the owner: ${session.slice(0, 120)}`)];
    },
  },
];
