import { bridges } from "./cases/bridge.ts";
import type { Case } from "./cases/case.ts";
import { thefts } from "./cases/data.ts";
import { escapes } from "./cases/escape.ts";
import { exhaustions } from "./cases/exhaustion.ts";
import { asks } from "./cases/exfil-bridge.ts";
import { ways } from "./cases/exfil.ts";
import { hellos } from "./cases/hello.ts";
import { injections } from "./cases/injection.ts";
import { interfaces } from "./cases/interface.ts";
import { edges } from "./cases/server.ts";
import { streams } from "./cases/streams.ts";

const all = [escapes, injections, ways, asks, bridges, hellos, streams, thefts, exhaustions, interfaces, edges].flat();

/** The whole list of the design, in its order. */
export const cases: readonly Case[] = all.sort((a, b) => a.id - b.id);
