// Exits with 0 when node_modules holds what package-lock.json asks for to build, otherwise with 1.
// What only checks and tests need (`dev`) may be absent.
// Asked by crates/nimbus-web/build.rs, which then runs `npm ci`; a comparison of contents, because
// the dates of the two files say nothing after a checkout.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { WEB } from "./build/paths.mjs";

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean,
 *   dev?: boolean }} Package
 */

/**
 * @param {string} file
 * @returns {Record<string, Package>}
 */
function packages(file) {
  try {
    return JSON.parse(readFileSync(join(WEB, file), "utf8")).packages;
  } catch {
    return {};
  }
}

const present = packages("node_modules/.package-lock.json");
const missing = Object.entries(packages("package-lock.json")).filter(
  ([path, wanted]) =>
    path.includes("node_modules/") &&
    !wanted.link &&
    !wanted.dev &&
    !(wanted.optional && present[path] === undefined) &&
    (present[path]?.version !== wanted.version || present[path]?.integrity !== wanted.integrity),
);
process.exit(Object.keys(present).length > 0 && missing.length === 0 ? 0 : 1);
