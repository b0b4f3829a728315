import {
  type ConsoleLevel,
  type ConsoleLine,
  MAX_CONSOLE_CHARS,
  TokenBucket,
} from "@cumulonimbus/protocol";

const LEVELS: readonly ConsoleLevel[] = ["debug", "log", "info", "warn", "error"];
const RATE = { perSecond: 20, burst: 100 };

/** Passes on what the app writes to its console, as far as it stays within reason. */
export function forwardConsole(console: Console, send: (line: ConsoleLine) => void): void {
  const bucket = new TokenBucket(RATE, performance.now());
  let dropped = 0;
  for (const level of LEVELS) {
    const original = console[level].bind(console);
    console[level] = (...args: unknown[]) => {
      original(...args);
      if (!bucket.take(performance.now())) {
        dropped++;
        return;
      }
      if (dropped > 0) {
        send({ level: "warn", text: `${dropped} lines were left out: too many came at once.` });
        dropped = 0;
      }
      send({ level, text: formatLine(args) });
    };
  }
}

/** The text of a console call: strings as they are, errors with their stack, the rest as JSON. */
export function formatLine(args: readonly unknown[]): string {
  if (args.length === 0) return "";
  const [first, ...rest] = args;
  let at = 0;
  // The marks of a format string (Console Standard, 2.2.1).
  const head =
    typeof first === "string"
      ? first.replace(/%([sdifoOc%])/g, (mark, kind: string) => {
          if (kind === "%") return "%";
          if (at >= rest.length) return mark;
          const value = rest[at++];
          return kind === "c" ? "" : formatValue(value);
        })
      : formatValue(first);
  const text = [head, ...rest.slice(at).map(formatValue)].join(" ");
  return text.length > MAX_CONSOLE_CHARS ? `${text.slice(0, MAX_CONSOLE_CHARS - 1)}…` : text;
}

function formatValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.stack ?? `${value.name}: ${value.message}`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    const text = JSON.stringify(value, brief());
    return text ?? Object.prototype.toString.call(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Keeps a large object from being written out whole. */
function brief(): (key: string, value: unknown) => unknown {
  let left = 500;
  return (_key, value) => {
    if (--left < 0) return "…";
    if (typeof value === "bigint") return `${value}n`;
    if (typeof Node === "function" && value instanceof Node)
      return `<${value.nodeName.toLowerCase()}>`;
    return typeof value === "string" && value.length > 500 ? `${value.slice(0, 500)}…` : value;
  };
}

/** Says something about the app to whoever writes it. */
export function warn(text: string): void {
  // biome-ignore lint/suspicious/noConsole: it is where an app's author looks
  console.warn(text);
}
