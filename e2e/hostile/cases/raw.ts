import { connect } from "node:net";

/** An answer to a request that was written byte by byte. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends a request as it stands, and reads until the server closes or says nothing for so many milliseconds. */
export async function send(origin: string, request: string | Buffer, patience = 5_000): Promise<RawAnswer> {
  const { port } = new URL(origin);
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1");
    const chunks: Buffer[] = [];
    const end = () => resolve(Buffer.concat(chunks).toString("utf8"));
    socket.setTimeout(patience, () => socket.destroy());
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("close", end);
    socket.on("error", (error: NodeJS.ErrnoException) => (chunks.length > 0 ? end() : reject(error)));
    socket.write(request);
  });
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [line = "", ...fields] = head.split("\r\n");
  const headers = fields.map((field) => {
    const at = field.indexOf(":");
    return [field.slice(0, at).toLowerCase(), field.slice(at + 1).trim()];
  });
  return { status: Number(line.split(" ")[1]), headers: Object.fromEntries(headers), body: rest.join("\r\n\r\n") };
}
