import { hmacSha256, toHex } from "./hmac.ts";

/** Who speaks. It is part of what is signed, so that no message can be sent back to its author. */
export type Direction = "frame" | "host";

/** What an envelope was found to be. */
export type Opened =
  | { readonly ok: true; readonly body: string }
  | { readonly ok: false; readonly reason: "shape" | "sequence" | "signature" };

// The body stands in the text as JSON rather than as a string of JSON, which would escape every
// quote once more. Its exact characters are what is signed, so it is cut out, not parsed.
const HEAD = /^\{"seq":(\d{1,15}),"mac":"([0-9a-f]{64})","body":/;

const CALL =
  /^\{"seq":\d{1,15},"mac":"[0-9a-f]{64}","body":\{"jsonrpc":"2\.0","id":(\d{1,15}),"method":/;

/** A new random key of 32 bytes. */
export function randomKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}

/** Signs a JSON text: `{"seq":…,"mac":"…","body":…}`. */
export function seal(
  key: Uint8Array,
  launch: string,
  direction: Direction,
  seq: number,
  body: string,
): string {
  return `{"seq":${seq},"mac":"${mac(key, launch, direction, seq, body)}","body":${body}}`;
}

/** The number in an envelope's head, without checking the signature; none if it has no such head. */
export function sequenceOf(text: string): number | undefined {
  const seq = HEAD.exec(text.slice(0, 128))?.[1];
  return seq === undefined ? undefined : Number(seq);
}

/**
 * The id that a call's text bears in the place where the runtime writes it, without checking or
 * parsing anything: for naming the call in a refusal of a message that is not read.
 */
export function callIdOf(text: string): number | undefined {
  const id = CALL.exec(text.slice(0, 192))?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Checks that a message is the `seq`th of that direction and signed with the key. */
export function openEnvelope(
  key: Uint8Array,
  launch: string,
  direction: Direction,
  seq: number,
  text: string,
): Opened {
  const head = HEAD.exec(text.slice(0, 128));
  if (head === null || !text.endsWith("}")) return { ok: false, reason: "shape" };
  if (Number(head[1]) !== seq) return { ok: false, reason: "sequence" };
  const body = text.slice(head[0].length, -1);
  return head[2] === mac(key, launch, direction, seq, body)
    ? { ok: true, body }
    : { ok: false, reason: "signature" };
}

function mac(
  key: Uint8Array,
  launch: string,
  direction: Direction,
  seq: number,
  body: string,
): string {
  return toHex(hmacSha256(key, `${launch}|${direction}|${seq}|${body}`));
}
