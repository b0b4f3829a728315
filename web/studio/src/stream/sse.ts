// Server-sent events (HTML Living Standard, section 9.2), read from the bytes of a fetch, since
// EventSource can neither POST nor tell an HTTP error from a broken connection.

export interface SseMessage {
  /** The last `id` seen so far, which is what a resume must send. */
  id: string;
  event: string;
  data: string;
}

/** A push parser: any split of the bytes gives the same messages. */
export class SseParser {
  // Not fatal, and it drops a leading byte order mark, as the standard asks.
  #decoder = new TextDecoder();
  #rest = "";
  #afterCr = false;
  #id = "";
  #event = "";
  #data: string[] = [];

  /** Takes the next bytes and gives the messages that they complete. */
  push(bytes: Uint8Array): SseMessage[] {
    let chunk = this.#decoder.decode(bytes, { stream: true });
    if (chunk === "") return [];
    // The line feed of a CR LF pair may come in the next piece.
    if (this.#afterCr && chunk.startsWith("\n")) chunk = chunk.slice(1);
    if (chunk !== "") this.#afterCr = chunk.endsWith("\r");
    else this.#afterCr = false;

    const lines = chunk.split(/\r\n|\n|\r/);
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.pop() ?? "";
    const messages: SseMessage[] = [];
    for (const line of lines) {
      const message = this.#line(line);
      if (message) messages.push(message);
    }
    return messages;
  }

  #line(line: string): SseMessage | undefined {
    if (line === "") return this.#dispatch();
    if (line.startsWith(":")) return undefined;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? "" : line.slice(colon + 1);
    if (value.startsWith(" ")) value = value.slice(1);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#event = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return undefined;
  }

  #dispatch(): SseMessage | undefined {
    const data = this.#data;
    const event = this.#event || "message";
    this.#data = [];
    this.#event = "";
    return data.length > 0 ? { id: this.#id, event, data: data.join("\n") } : undefined;
  }
}
