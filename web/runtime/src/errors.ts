import type { ErrorReport } from "@cumulonimbus/protocol";

// Browsers raise it as an error although nothing failed.
const HARMLESS = /^ResizeObserver loop/;

/** Whether an error says that something went wrong. */
export function matters(message: string): boolean {
  return !HARMLESS.test(message);
}

/** Describes a thrown value of any kind. `at` is the position that the browser names, if it does. */
export function describeError(
  thrown: unknown,
  at?: { readonly file: string; readonly line: number; readonly column: number },
): ErrorReport {
  const stack =
    thrown instanceof Error && typeof thrown.stack === "string" ? thrown.stack : undefined;
  const position =
    at && isApp(at.file) ? { line: at.line, column: at.column } : positionIn(stack ?? "");
  return {
    message: messageOf(thrown),
    ...(stack !== undefined && { stack }),
    ...position,
  };
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) {
    return thrown.message === "" ? thrown.name : `${thrown.name}: ${thrown.message}`;
  }
  if (typeof thrown === "string" && thrown !== "") return thrown;
  try {
    return `The app threw ${JSON.stringify(thrown) ?? String(thrown)}`;
  } catch {
    return "The app threw a value that has no text.";
  }
}

function isApp(file: string): boolean {
  return file.endsWith("/js/app.js");
}

/** The first place in the app's own code, in the form that all browsers write: `url:line:column`. */
function positionIn(stack: string): { line: number; column: number } | undefined {
  const found = /\/js\/app\.js:(\d+):(\d+)/.exec(stack);
  return found ? { line: Number(found[1]), column: Number(found[2]) } : undefined;
}
