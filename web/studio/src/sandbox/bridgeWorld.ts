// A host page's window, a frame and a server, as far as the bridge knows them.
import { NO_PERMISSIONS, openEnvelope, readInit, seal } from "@cumulonimbus/protocol";
import { vi } from "vitest";
import { type BridgeOptions, SandboxBridge } from "./SandboxBridge.ts";

export const LAUNCH = "0123456789abcdef";
export const HELLO = { hello: "cumulonimbus", v: 1, launch: LAUNCH };

/** A port whose messages arrive at once, so that no test waits for a real one. */
class FakePort {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  other: FakePort | undefined;
  closed = false;

  postMessage(data: unknown): void {
    const { other } = this;
    if (!this.closed && other && !other.closed) other.onmessage?.({ data });
  }

  close(): void {
    this.closed = true;
  }
}

export function portPair(): [FakePort, FakePort] {
  const [a, b] = [new FakePort(), new FakePort()];
  a.other = b;
  b.other = a;
  return [a, b];
}

export const PERMISSIONS = {
  declared: { ...NO_PERMISSIONS, ai: true },
  granted: NO_PERMISSIONS,
};

/** A bridge whose frame the test plays. */
export function setUp(carry: Partial<BridgeOptions["carry"]> = {}) {
  const host = new EventTarget();
  const frameWindow = {} as MessageEventSource;
  const told = {
    onState: vi.fn(),
    onError: vi.fn(),
    onConsole: vi.fn(),
    onHung: vi.fn(),
    onClosed: vi.fn(),
  };
  const forward = vi.fn(async (method: string): Promise<unknown> => ({ done: method }));
  const never = (): Promise<unknown> => new Promise(() => {});
  const bridge = new SandboxBridge({
    host: host as unknown as Window,
    frame: () => frameWindow,
    launch: LAUNCH,
    storage: { local: { a: "1" } },
    user: { id: "u", name: "Ada" },
    permissions: PERMISSIONS,
    carry: { server: forward, stream: never, person: never, ...carry },
    ...told,
  });

  const [framePort, hostPort] = portPair();
  const received: unknown[] = [];
  framePort.onmessage = ({ data }) => received.push(data);
  const say = (data: unknown = HELLO, changes: object = {}) => {
    const event = new Event("message");
    Object.assign(event, {
      source: frameWindow,
      origin: "null",
      data,
      ports: [hostPort],
      ...changes,
    });
    host.dispatchEvent(event);
  };
  let sent = 0;
  let key = new Uint8Array();
  const send = (body: object | string, seq = ++sent) => {
    const text = typeof body === "string" ? body : JSON.stringify({ jsonrpc: "2.0", ...body });
    framePort.postMessage(seal(key, LAUNCH, "frame", seq, text));
  };
  /** Says hello and takes the key from the init message. */
  const open = () => {
    say();
    const init = readInit(received.shift());
    if (!init) throw new Error("no init came");
    key = Uint8Array.from(init.key.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
    return init;
  };
  let heard = 0;
  /** The messages that came since the last call, checked and parsed. */
  const answers = () =>
    received.splice(0).map((data) => {
      const opened = openEnvelope(key, LAUNCH, "host", ++heard, String(data));
      if (!opened.ok) throw new Error(opened.reason);
      return JSON.parse(opened.body);
    });
  return { bridge, say, open, send, answers, received, framePort, hostPort, forward, ...told };
}
