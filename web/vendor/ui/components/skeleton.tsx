import { part } from "../lib/part.tsx";

/** Where something will be that is not there yet. */
export const Skeleton = part("div", "skeleton", "animate-pulse rounded-md bg-accent");
