// Brotli beside every text file, so that the program embeds and serves it as it is.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { WEB } from "./paths.mjs";

const compress = promisify(brotliCompress);
const QUALITY = 11;
const TEXT = /\.(js|css|html|json|svg|txt|webmanifest)$/;
/** Below this many bytes saved, the plain file is kept: it is served without a header more. */
const WORTH = 64;

/**
 * Writes `<file>.br` beside every text file under `out` that gets smaller by it. Results are kept
 * by content under `node_modules/.cache`, since the libraries rarely change and are most of it.
 * @param {string} out
 * @returns {Promise<{ raw: number, compressed: number }>} bytes before and after
 */
export async function compressAll(out) {
  const cache = join(WEB, "node_modules/.cache/cumulonimbus-brotli");
  await mkdir(cache, { recursive: true });
  const files = (await readdir(out, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && TEXT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

  let raw = 0;
  let compressed = 0;
  await Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(file);
      const small = await cached(cache, bytes);
      raw += bytes.length;
      compressed += Math.min(bytes.length, small.length);
      if (small.length + WORTH < bytes.length) await writeFile(`${file}.br`, small);
    }),
  );
  return { raw, compressed };
}

/**
 * @param {string} cache
 * @param {Buffer} bytes
 * @returns {Promise<Buffer>}
 */
async function cached(cache, bytes) {
  const key = createHash("sha256").update(`${QUALITY}\0`).update(bytes).digest("hex");
  const file = join(cache, key);
  const known = await readFile(file).catch(() => undefined);
  if (known) return known;
  const small = await compress(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  // Two builds may run at once; a rename shows the other one the whole file or none.
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, small);
  await rename(temporary, file);
  return small;
}
