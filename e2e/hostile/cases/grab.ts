import { type Imported, type Stage, until } from "../arena/stage.ts";
import type { Tab } from "../arena/tab.ts";

/**
 * What a hostile app does to hold the port: it listens to what the runtime sends, and makes the
 * runtime sign bodies of its own.
 */
export const GRAB = `
const post = MessagePort.prototype.postMessage;
const stringify = JSON.stringify;
const hostile = { port: undefined, sent: [], answers: [], drop: 0 };
MessagePort.prototype.postMessage = function (message, ...rest) {
  // React has ports of its own.
  if (typeof message !== "string") return post.call(this, message, ...rest);
  if (hostile.port === undefined) {
    hostile.port = this;
    this.addEventListener("message", ({ data }) => hostile.answers.push(data.slice(0, 400)));
  }
  if (hostile.sent.length < 1000) hostile.sent.push(message.slice(0, 4000));
  if (hostile.drop > 0) { hostile.drop -= 1; return; }
  post.call(this, message, ...rest);
};
// The key is in this realm: whoever replaces what the signing uses has it, and signs without the runtime.
const set = Uint8Array.prototype.set;
Uint8Array.prototype.set = function (bytes, ...rest) {
  if (bytes.length === 32) hostile.key ??= Uint8Array.from(bytes);
  return set.call(this, bytes, ...rest);
};
hostile.flood = async (count) => {
  const key = await crypto.subtle.importKey("raw", hostile.key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const launch = new URLSearchParams(location.search).get("launch");
  hostile.drop = 1e9;
  const first = Number(/"seq":([0-9]+)/.exec(hostile.sent.at(-1))[1]) + 1;
  const messages = await Promise.all(Array.from({ length: count }, async (_, n) => {
    const body = '{"jsonrpc":"2.0","id":' + (50000 + n) + ',"method":"data.list","params":{"collection":"x"}}';
    const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(launch + "|frame|" + (first + n) + "|" + body));
    const hex = [...new Uint8Array(mac)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return '{"seq":' + (first + n) + ',"mac":"' + hex + '","body":' + body + '}';
  }));
  for (const message of messages) hostile.raw(message);
};
hostile.raw = (message) => post.call(hostile.port, message);
hostile.link = window[Symbol.for("cumulonimbus")];
const charCodeAt = String.prototype.charCodeAt;
hostile.signed = (body) => {
  JSON.stringify = () => body;
  // The runtime counts brackets before it signs: it shall see none.
  String.prototype.charCodeAt = () => 32;
  const answer = hostile.link.call("data.list", {});
  String.prototype.charCodeAt = charCodeAt;
  JSON.stringify = stringify;
  return answer;
};
window.hostile = hostile;
hostile.link.call("data.list", { collection: "grab" });
`;

/** What it has then, as `window.hostile`. */
export interface Grabbed {
  port: MessagePort | undefined;
  sent: string[];
  answers: string[];
  drop: number;
  raw(message: unknown): void;
  flood(count: number): Promise<void>;
  signed(body: string): Promise<unknown>;
  link: { call(method: string, params: unknown): Promise<unknown> };
}

/** An app that holds the port. */
export async function grabbed(stage: Stage, app?: Imported): Promise<Tab> {
  const tab = await stage.open(app ?? (await stage.coded(GRAB)));
  await until("the app holds the port", () => tab.inFrame(() => (window as any).hostile.answers.length > 0));
  return tab;
}

/** What the host page has sent to it over the port, each message cut to 400 characters. */
export const answers = (tab: Tab) => tab.inFrame(() => ((window as any).hostile as Grabbed).answers);
