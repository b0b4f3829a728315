import type { Arena } from "./tab.ts";

export async function firefoxArena(_profile: string, _setting: { origin: string; token: string }): Promise<{ arena: Arena; close(): Promise<void> }> {
  throw new Error("none");
}
