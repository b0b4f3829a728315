import { AspectRatio as Radix } from "radix-ui";
import { part } from "../lib/part.tsx";

/** A box whose height follows its width. */
export const AspectRatio = part(Radix.Root, "aspect-ratio");
