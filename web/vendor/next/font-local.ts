// `next/font/local`
import { font } from "./lib/font.ts";

/** Font files are not part of an app, so the system's own font stands in. */
export default font("system-ui", "sans");
