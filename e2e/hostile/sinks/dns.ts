import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { Note } from "./hits.ts";

/**
 * A resolver that knows the evil names and nothing else, and notes every question. RFC 1035.
 *
 * Names below `evil.test` have one address, that of the sinks; every other name does not exist.
 */
export async function startDns(address: string, note: Note): Promise<() => void> {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const name = question(query);
    if (name === undefined) return;
    note("dns", name.text, name.text);
    const type = query.readUInt16BE(name.end);
    const evil = name.text === "evil.test" || name.text.endsWith(".evil.test");
    socket.send(answer(query, name.end + 4, evil, evil && type === 1 ? address : undefined), from.port, from.address);
  });
  socket.bind(53, address);
  await once(socket, "listening");
  return () => socket.close();
}

function question(query: Buffer): { text: string; end: number } | undefined {
  const labels: string[] = [];
  let at = 12;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > 63) return undefined;
    at += 1;
    if (length === 0) break;
    labels.push(query.toString("latin1", at, at + length));
    at += length;
  }
  return at + 4 <= query.length ? { text: labels.join(".").toLowerCase(), end: at } : undefined;
}

function answer(query: Buffer, end: number, exists: boolean, address: string | undefined): Buffer {
  const head = Buffer.from(query.subarray(0, end));
  // A response, recursion available; "no such name" for names that are not ours.
  head.writeUInt16BE(0x8180 | (exists ? 0 : 3), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(address === undefined ? 0 : 1, 6);
  head.writeUInt32BE(0, 8);
  if (address === undefined) return head;
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split(".").map(Number)]);
  return Buffer.concat([head, record]);
}
