import type { Launch } from "./launch.ts";
import { ServerError } from "./request.ts";
import { type DataCall, ServerCalls } from "./ServerCalls.ts";

/**
 * Writes with a new launch what came too late for the one before, in its order. The server decides
 * anew about each call; what it refuses is told to `onRefused`, and what did not reach it stays in
 * `late` for the launch that follows. Answers whether there was anything to write.
 */
export async function saveLate(
  launch: Pick<Launch, "appId" | "token">,
  late: DataCall[],
  signal: AbortSignal,
  onRefused: (error: unknown) => void,
): Promise<boolean> {
  if (late.length === 0) return false;
  const writes = late.splice(0);
  // What comes after the end of this launch as well is put back by the calls.
  const calls = new ServerCalls(launch, late);
  for (const [at, write] of writes.entries()) {
    try {
      await calls.call(write.method, write.params, signal);
    } catch (error) {
      const over = error instanceof ServerError && error.code === "ended";
      if (!over && error instanceof ServerError && isDecision(error.status)) {
        onRefused(error);
        continue;
      }
      // The app is not started: what it would write first must not be undone by these later.
      late.push(...writes.slice(over ? at + 1 : at));
      throw error;
    }
  }
  calls.revoke();
  return true;
}

/** Whether the server has decided about the call: 507 is a limit of the app's. */
function isDecision(status: number): boolean {
  return (status >= 400 && status < 500) || status === 507;
}
