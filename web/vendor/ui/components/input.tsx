import type { ComponentProps } from "react";
import { FIELD } from "../lib/field.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

export type InputProps = ComponentProps<"input">;

/** One line of text. */
export const Input = part(
  "input",
  "input",
  cn(
    FIELD,
    "flex h-9 w-full min-w-0 px-3 py-1 selection:bg-primary selection:text-primary-foreground file:inline-flex file:h-7 file:border-0 file:bg-transparent file:text-sm file:font-medium file:text-foreground disabled:pointer-events-none",
  ),
);
