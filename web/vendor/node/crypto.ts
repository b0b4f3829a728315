// Node's `crypto`, as far as a page has the same: identifiers and random numbers.

export function randomUUID(): `${string}-${string}-${string}-${string}-${string}` {
  if (globalThis.crypto.randomUUID) return globalThis.crypto.randomUUID();
  // Only pages with a secure address have it.
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function randomBytes(length: number): Uint8Array {
  return globalThis.crypto.getRandomValues(new Uint8Array(length));
}

/** A whole number from `min`, or 0, up to but not `max`. */
export function randomInt(min: number, max?: number): number {
  const [from, to] = max === undefined ? [0, min] : [min, max];
  return from + Math.floor(Math.random() * (to - from));
}

export const webcrypto = globalThis.crypto;
export const getRandomValues = <T extends ArrayBufferView<ArrayBuffer>>(into: T): T =>
  globalThis.crypto.getRandomValues(into);

export default { randomUUID, randomBytes, randomInt, webcrypto, getRandomValues };
