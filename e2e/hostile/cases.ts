import type { Case } from "./cases/case.ts";
import { ways } from "./cases/exfil.ts";

/** The whole list of the design, in its order. */
export const cases: readonly Case[] = [...ways].sort((a, b) => a.id - b.id);
