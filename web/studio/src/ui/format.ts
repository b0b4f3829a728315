const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const absolute = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** A moment as words, such as "5 minutes ago". */
export function ago(timestamp: string, now = Date.now()): string {
  const seconds = (Date.parse(timestamp) - now) / 1000;
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return relative.format(0, "second");
}

/** A moment in full, for tooltips. */
export function moment(timestamp: string): string {
  return absolute.format(new Date(timestamp));
}

/** A duration, such as "4.2 s" or "3 min 5 s". */
export function duration(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A count with separators. */
export const number = (n: number) => n.toLocaleString("en");

/** An amount of US dollars. Small ones keep two digits that say something. */
export function dollars(amount: number): string {
  if (amount > 0 && amount < 0.01) return `$${amount.toPrecision(2).replace(/0+$/, "")}`;
  return `$${amount.toFixed(2)}`;
}

/** A size on disk, such as "1.9 GB". */
export function bytes(size: number): string {
  if (size >= 1e9) return `${(size / 1e9).toFixed(1)} GB`;
  if (size >= 1e6) return `${Math.round(size / 1e6)} MB`;
  return `${Math.max(1, Math.round(size / 1e3))} kB`;
}

/** The same words beginning with a capital: messages for programs begin small. */
export function capitalised(words: string): string {
  return words.replace(/^\p{Ll}/u, (first) => first.toUpperCase());
}

/** The same words as a whole sentence, ending with a full stop where they end with nothing. */
export function sentence(words: string): string {
  const whole = capitalised(words.trimEnd());
  return /[\p{L}\p{N}`)"'”]$/u.test(whole) ? `${whole}.` : whole;
}
