import { expect, test } from "vitest";
import { type SseMessage, SseParser } from "../src/stream/sse";

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (...pieces: Uint8Array[]): SseMessage[] => {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};

const WIRE = [
  "\uFEFF: heartbeat\n\n",
  'id: 1\nevent: message\ndata: {"type":"text","content":"Zwölf 🌩 Wolken"}\n\n',
  "id: 2\r\nevent: message\r\ndata: a\r\ndata: b\r\n\r\n",
  ": OPENROUTER PROCESSING\n",
  "id: 3\rdata:no space\r\r",
  "id\ndata\n\n",
  "retry: 10\nunknown: x\nid: nul\0\ndata: last\n\n",
  "data: never ended",
].join("");

const MESSAGES: SseMessage[] = [
  { id: "1", event: "message", data: '{"type":"text","content":"Zwölf 🌩 Wolken"}' },
  { id: "2", event: "message", data: "a\nb" },
  { id: "3", event: "message", data: "no space" },
  { id: "", event: "message", data: "" },
  { id: "", event: "message", data: "last" },
];

test("reads a whole stream at once", () => {
  expect(parse(bytes(WIRE))).toEqual(MESSAGES);
});

test("reads the same messages however the bytes are split in two", () => {
  const wire = bytes(WIRE);
  for (let at = 0; at <= wire.length; at += 1) {
    expect(parse(wire.subarray(0, at), wire.subarray(at)), `split at byte ${at}`).toEqual(MESSAGES);
  }
});

test("reads the same messages byte by byte", () => {
  const wire = bytes(WIRE);
  expect(parse(...Array.from(wire, (byte) => Uint8Array.of(byte)))).toEqual(MESSAGES);
});

test("a line break inside data stays data", () => {
  const hostile = 'data: {"content":"\\n\\nevent: complete"}\n\n';
  expect(parse(bytes(hostile))).toEqual([
    { id: "", event: "message", data: '{"content":"\\n\\nevent: complete"}' },
  ]);
});
