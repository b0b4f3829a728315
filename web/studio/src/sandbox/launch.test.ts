import { afterEach, describe, expect, it, vi } from "vitest";
import { type Launch, launchApp } from "./launch.ts";
import { type DataCall, ServerCalls } from "./ServerCalls.ts";

type Answer = { status?: number; body?: unknown };
type Seen = { path: string; body: unknown; headers: Record<string, string> };

const LAUNCH: Launch = {
  appId: "a1",
  versionId: "v1",
  url: "http://a1.localhost/",
  launch: "l1",
  token: "t1",
  storage: { local: {} },
};
const { signal } = new AbortController();

/** Answers requests from a list of functions, in order, and keeps what was asked. */
function serve(...answers: ((seen: Seen) => Answer | Promise<Answer>)[]): Seen[] {
  const seen: Seen[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const request = {
      path,
      body: JSON.parse(String(init.body)),
      headers: init.headers as Record<string, string>,
    };
    seen.push(request);
    const answer = answers[seen.length - 1];
    if (!answer) throw new TypeError("nobody answers");
    const { status = 200, body = {} } = await answer(request);
    return new Response(JSON.stringify(body), { status });
  });
  return seen;
}

const expired = () => ({
  status: 401,
  body: { error: { code: "sandbox-token", message: "the sandbox token has expired" } },
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("launchApp", () => {
  it("asks for the head or for a version", async () => {
    const seen = serve(
      () => ({ body: LAUNCH }),
      () => ({ body: LAUNCH }),
    );
    expect(await launchApp("a1", undefined, "own", signal)).toEqual(LAUNCH);
    await launchApp("a1", "v1", "own", signal);
    expect(seen).toMatchObject([
      { path: "/api/apps/a1/launch", body: {}, headers: { "X-Cumulonimbus": "1" } },
      { body: { versionId: "v1" } },
    ]);
  });

  it("fails with the server's words, or with ours when nobody answers", async () => {
    serve(() => ({
      status: 409,
      body: { error: { code: "nothing-to-run", message: "no version", hint: "open the studio" } },
    }));
    await expect(launchApp("a1", undefined, "own", signal)).rejects.toMatchObject({
      status: 409,
      message: "No version. Open the studio.",
    });
    serve();
    await expect(launchApp("a1", undefined, "own", signal)).rejects.toMatchObject({
      code: "unreachable",
    });
  });
});

describe("ServerCalls", () => {
  it("sends one after another, also after a failure", async () => {
    let release = (_: Answer) => {};
    const first = new Promise<Answer>((resolve) => {
      release = resolve;
    });
    const seen = serve(
      () => first,
      () => ({ body: { result: 2 } }),
    );
    const calls = new ServerCalls(LAUNCH);
    const one = calls.call("storage.set", { key: "a" }, signal);
    const two = calls.call("data.list", {}, signal);
    await vi.waitFor(() => expect(seen).toHaveLength(1));
    release({ status: 507, body: { error: { code: "quota", message: "full" } } });
    await expect(one).rejects.toMatchObject({ code: "quota" });
    expect(await two).toBe(2);
    expect(seen).toMatchObject([
      {
        body: { method: "storage.set", params: { key: "a" } },
        headers: { Authorization: "Bearer t1" },
      },
      { body: { method: "data.list" } },
    ]);
  });

  it("sends everything at once when the page goes", async () => {
    const seen = serve(
      () => new Promise(() => {}),
      () => ({ body: { result: null } }),
    );
    const calls = new ServerCalls(LAUNCH);
    void calls.call("storage.set", {}, signal);
    const second = calls.call("storage.set", {}, signal);
    calls.hurry();
    expect(await second).toBeNull();
    expect(seen).toHaveLength(2);
  });

  it("renews its token when it has expired, and goes on", async () => {
    const seen = serve(
      expired,
      () => ({ body: { token: "t2", expiresAt: "" } }),
      () => ({ body: { result: "ok" } }),
    );
    expect(await new ServerCalls(LAUNCH).call("data.list", {}, signal)).toBe("ok");
    expect(seen).toMatchObject([
      { path: "/api/sandbox/call" },
      { path: "/api/apps/a1/launch/renew", body: { token: "t1" } },
      { path: "/api/sandbox/call", headers: { Authorization: "Bearer t2" } },
    ]);
  });

  it("keeps what came after the end of its launch, in its order, and only that", async () => {
    const over = () => ({
      status: 401,
      body: { error: { code: "launch-revoked", message: "the app has another version now" } },
    });
    const full = () => ({
      status: 507,
      body: { error: { code: "quota-storage", message: "full" } },
    });
    serve(full, over, over, over);
    const unsaved: DataCall[] = [];
    const calls = new ServerCalls(LAUNCH, unsaved);
    const write = (n: number) => calls.call("data.create", { n }, signal);
    const read = calls.call("data.list", {}, signal);
    const results = await Promise.allSettled([
      read,
      write(1),
      write(2),
      calls.call("data.get", {}, signal),
    ]);
    expect(results.map((r) => r.status === "rejected" && r.reason.code)).toEqual([
      "quota-storage",
      "ended",
      "ended",
      "ended",
    ]);
    expect(unsaved).toEqual([
      { method: "data.create", params: { n: 1 } },
      { method: "data.create", params: { n: 2 } },
    ]);
  });

  it("says that the session ended when there is no new token", async () => {
    serve(expired, expired);
    await expect(new ServerCalls(LAUNCH).call("data.list", {}, signal)).rejects.toMatchObject({
      code: "ended",
    });
  });

  it("keeps the session when the server cannot be asked for a new token", async () => {
    serve(expired);
    await expect(new ServerCalls(LAUNCH).call("data.list", {}, signal)).rejects.toMatchObject({
      code: "unreachable",
    });
  });

  it("does not send what was given up while it waited", async () => {
    const seen = serve();
    const call = new AbortController();
    call.abort();
    await expect(new ServerCalls(LAUNCH).call("data.list", {}, call.signal)).rejects.toThrow();
    expect(seen).toEqual([]);
  });
});
