import { mkdtemp, rm } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram } from "../fixtures/program.ts";
import { startSinks } from "./sinks/server.ts";

/** Starts the sinks and one program for all cases; the answer ends them and looks for late leaks. */
export default async function setup(): Promise<() => Promise<void>> {
  const address = process.env["CUMULONIMBUS_HOSTILE"];
  const others = Object.keys(networkInterfaces()).filter((name) => !/^(?:lo|sink[01])$/.test(name));
  if (address === undefined || others.length > 0) {
    throw new Error("the hostile suite runs in a network namespace of its own: start it with `hostile/run`.");
  }
  const sinks = await startSinks(address);
  const folder = await mkdtemp(join(tmpdir(), "cumulonimbus-hostile-"));
  const program = await startProgram(folder);
  const signedIn = await fetch(program.url, { redirect: "manual" });
  const [cookie = ""] = signedIn.headers.getSetCookie();
  process.env["HOSTILE_ARENA"] = JSON.stringify({
    address,
    sinks: sinks.origin,
    origin: program.origin,
    token: program.token,
    cookie: { name: cookie.slice(0, cookie.indexOf("=")), value: cookie.slice(cookie.indexOf("=") + 1).split(";")[0] },
    folder,
  });
  return async () => {
    const late = sinks.late();
    sinks.close();
    await program.stop();
    await rm(folder, { recursive: true, force: true });
    const log = program.printed().split("\n").filter((line) => /panicked| ERROR /.test(line));
    if (late.length > 0) throw new Error(`something arrived after its case had ended:\n${late.join("\n")}`);
    if (log.length > 0) throw new Error(`the program logged errors of its own:\n${log.slice(0, 20).join("\n")}`);
  };
}
