import { within } from "./within.ts";

/** What a browser tells by itself. */
export type Listener = (method: string, parameters: any) => void;

/** A connection by WebDriver BiDi (W3C): commands and events over a WebSocket. */
export class Bidi {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve(value: any): void; reject(error: Error): void }>();
  readonly #listeners = new Set<Listener>();
  #last = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data));
      if (message.type === "event") {
        for (const listener of this.#listeners) listener(message.method, message.params);
        return;
      }
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.type === "success") waiting?.resolve(message.result);
      else waiting?.reject(new Error(`${message.error}: ${message.message}`));
    };
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("the browser has ended"));
      this.#waiting.clear();
    };
  }

  /** Connects to a browser that listens at an address. */
  static async connect(url: string): Promise<Bidi> {
    const socket = new WebSocket(url);
    await within(
      20_000,
      new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = () => reject(new Error(`no connection to the browser at ${url}`));
      }),
    );
    return new Bidi(socket);
  }

  /** Sends a command; its answer must come within so many milliseconds. */
  async send(method: string, parameters: object, milliseconds = 20_000): Promise<any> {
    const id = ++this.#last;
    const answer = new Promise<any>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#socket.send(JSON.stringify({ id, method, params: parameters }));
    return await within(milliseconds, answer);
  }

  listen(listener: Listener): void {
    this.#listeners.add(listener);
  }

  unlisten(listener: Listener): void {
    this.#listeners.delete(listener);
  }

  close(): void {
    this.#socket.close();
  }
}
