import type { ComponentProps } from "react";
import { FIELD } from "../lib/field.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

export type TextareaProps = ComponentProps<"textarea">;

/** Several lines of text; grows with them where the browser can. */
export const Textarea = part(
  "textarea",
  "textarea",
  cn(FIELD, "flex field-sizing-content min-h-16 w-full px-3 py-2"),
);
