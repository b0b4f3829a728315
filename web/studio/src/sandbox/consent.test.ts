import { type DeclaredPermissions, NO_PERMISSIONS, type Permissions } from "@cumulonimbus/protocol";
import { expect, it, vi } from "vitest";
import { BridgeCall } from "./BridgeCall.ts";
import { Consent } from "./consent.ts";
import { type Answer, Dialogs } from "./Dialogs.ts";
import { ServerError } from "./request.ts";

const DECLARED: DeclaredPermissions = {
  ai: true,
  domains: ["a.example", "b.example"],
  sharedData: false,
  reasons: { ai: "to help" },
};

function setUp(granted: Permissions = NO_PERMISSIONS) {
  const dialogs = new Dialogs();
  // What the server has stored, which other windows change as well.
  const stored = { granted };
  const store = vi.fn(async (granted: Permissions) => {
    stored.granted = granted;
  });
  const onChanged = vi.fn();
  const { signal } = new AbortController();
  const consent = new Consent({
    dialogs,
    initial: { declared: DECLARED, granted },
    signal,
    read: async () => ({ declared: DECLARED, granted: stored.granted }),
    store,
    onChanged,
  });
  const held = vi.fn();
  const call = new BridgeCall("server", 1, { chunk: () => {}, held });
  /** A call that the server refuses until what it needs is stored. */
  const carry = vi.fn(async () => {
    if (stored.granted.ai) return "carried";
    throw new ServerError(403, "permission-needed", "No.", { permission: "ai" });
  });
  const answer = async (answer: Answer) => {
    await vi.waitFor(() => expect(dialogs.current()).toBeDefined());
    dialogs.current()?.answer(answer);
  };
  return { consent, dialogs, stored, store, onChanged, call, held, carry, answer };
}

it("makes a call again when the person gives what it lacked", async () => {
  const { consent, dialogs, store, onChanged, call, held, carry, answer } = setUp();
  const result = consent.around(call, carry);
  await vi.waitFor(() => expect(dialogs.current()).toBeDefined());
  expect(held).toHaveBeenCalled();
  expect(dialogs.current()?.question).toEqual({
    kind: "consent",
    missing: { ai: true, domains: ["a.example", "b.example"], sharedData: false },
    reasons: { ai: "to help" },
  });
  const given = { ai: true, domains: ["b.example"], sharedData: false };
  await answer(given);
  expect(await result).toBe("carried");
  expect(store.mock.calls).toEqual([[given]]);
  expect(onChanged).toHaveBeenLastCalledWith({ declared: DECLARED, granted: given });
  expect(consent.incomplete).toBe(true);
});

it("asks once in a run, for calls that wait together and for later ones", async () => {
  const { consent, call, carry, answer, dialogs, store } = setUp();
  const calls = [consent.around(call, carry), consent.around(call, carry)];
  await answer(null);
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: "permission-needed" });
  await expect(consent.around(call, carry)).rejects.toMatchObject({ code: "permission-needed" });
  expect(dialogs.current()).toBeUndefined();
  expect(store).not.toHaveBeenCalled();

  const again = consent.ask({ again: true });
  await answer({ ...NO_PERMISSIONS, ai: true });
  await again;
  expect(await consent.around(call, carry)).toBe("carried");
});

it("keeps what was granted before", async () => {
  const { consent, answer, store } = setUp({ ...NO_PERMISSIONS, domains: ["a.example"] });
  const asked = consent.ask();
  await answer({ ...NO_PERMISSIONS, ai: true });
  await asked;
  expect(store.mock.calls).toEqual([[{ ai: true, domains: ["a.example"], sharedData: false }]]);
});

it("asks for nothing that is not declared", async () => {
  const { consent, call, dialogs } = setUp();
  const carry = async () => {
    const lacked = { permission: "http", domain: "evil.example" };
    throw new ServerError(403, "permission-needed", "No.", lacked);
  };
  await expect(consent.around(call, carry)).rejects.toMatchObject({ code: "permission-needed" });
  expect(await consent.request({ permission: "sharedData" }, call)).toBe(false);
  expect(dialogs.current()).toBeUndefined();
});

it("asks again for what was revoked while the app ran", async () => {
  const { consent, call, carry, stored, answer, onChanged } = setUp({
    ...NO_PERMISSIONS,
    ai: true,
  });
  expect(await consent.around(call, carry)).toBe("carried");
  for (const _time of ["once", "twice"]) {
    stored.granted = NO_PERMISSIONS;
    const result = consent.around(call, carry);
    await answer({ ...NO_PERMISSIONS, ai: true });
    expect(await result).toBe("carried");
    expect(onChanged).toHaveBeenCalledWith({ declared: DECLARED, granted: NO_PERMISSIONS });
  }
});

it("does not bring back what was revoked before or while it asked", async () => {
  const both = { ...NO_PERMISSIONS, domains: ["a.example", "b.example"] };
  const { consent, stored, store, dialogs, answer } = setUp(both);
  stored.granted = { ...NO_PERMISSIONS, domains: ["a.example"] };
  const asked = consent.ask();
  await vi.waitFor(() => expect(dialogs.current()).toBeDefined());
  expect(dialogs.current()?.question).toMatchObject({
    missing: { ai: true, domains: ["b.example"] },
  });
  stored.granted = NO_PERMISSIONS;
  await answer({ ...NO_PERMISSIONS, ai: true });
  await asked;
  expect(store.mock.calls).toEqual([[{ ...NO_PERMISSIONS, ai: true }]]);
  expect(consent.state.granted).toEqual({ ...NO_PERMISSIONS, ai: true });
});

it("asks for nothing that was given in another window", async () => {
  const { consent, call, carry, stored, dialogs, store, onChanged } = setUp();
  stored.granted = { ai: true, domains: ["a.example", "b.example"], sharedData: false };
  expect(await consent.around(call, carry)).toBe("carried");
  await consent.ask({ again: true });
  expect(dialogs.current()).toBeUndefined();
  expect(store).not.toHaveBeenCalled();
  expect(onChanged).toHaveBeenCalledWith({ declared: DECLARED, granted: stored.granted });
  expect(consent.incomplete).toBe(false);
});

it("asks for nothing on behalf of another failure", async () => {
  const { consent, call, dialogs } = setUp();
  const carry = async () => {
    throw new ServerError(429, "quota-ai", "Too many.");
  };
  await expect(consent.around(call, carry)).rejects.toMatchObject({ code: "quota-ai" });
  expect(dialogs.current()).toBeUndefined();
});
