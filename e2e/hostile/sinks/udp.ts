import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Note } from "./hits.ts";

/** The most ports at a time. */
const MOST = 256;

/** UDP ports, one for each attack that names no host: the port says whose packet it is. */
export class UdpPorts {
  readonly #address: string;
  readonly #note: Note;
  readonly #open: Socket[] = [];

  constructor(address: string, note: Note) {
    this.#address = address;
    this.#note = note;
  }

  /** A new port whose packets belong to `tag`. */
  async open(tag: string): Promise<number> {
    if (this.#open.length >= MOST) throw new Error(`more than ${MOST} UDP ports were asked for`);
    const socket = createSocket("udp4");
    this.#open.push(socket);
    socket.on("message", (data) => {
      this.#note("udp", `${data.length} bytes at port ${socket.address().port}`, tag);
    });
    socket.bind(0, this.#address);
    await once(socket, "listening");
    return socket.address().port;
  }

  close(): void {
    for (const socket of this.#open) socket.close();
  }
}
