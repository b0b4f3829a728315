import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the npm workspace. */
export const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
