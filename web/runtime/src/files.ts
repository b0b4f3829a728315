import { DOWNLOAD_PART_BYTES, MAX_DOWNLOAD_BYTES, toBase64 } from "@cumulonimbus/protocol";

type Call = (method: string, params: object) => Promise<unknown>;

/** Offers a file through the host page: whether the person saved it. Large ones go in parts. */
export async function offerFile(call: Call, file: Blob, name: string): Promise<boolean> {
  if (file.size > MAX_DOWNLOAD_BYTES) {
    const most = MAX_DOWNLOAD_BYTES / 1024 / 1024;
    const message = `A file that the app saves can have at most ${most} MB.`;
    throw Object.assign(new Error(message), { code: "too-large" });
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const about = { name, type: file.type };
  if (bytes.length <= DOWNLOAD_PART_BYTES) {
    return (await call("ui.download", { ...about, base64: toBase64(bytes) })) === true;
  }
  const transfer = crypto.randomUUID().replace(/-/g, "");
  for (let at = 0; at < bytes.length; at += DOWNLOAD_PART_BYTES) {
    const base64 = toBase64(bytes.subarray(at, at + DOWNLOAD_PART_BYTES));
    await call("ui.part", { transfer, base64 });
  }
  return (await call("ui.download", { ...about, transfer })) === true;
}
