import type { ComponentProps } from "react";
import { Turning } from "../lib/icons.tsx";
import { cn } from "../lib/utils.ts";

/** Something is going on. */
export function Spinner({ className, ...props }: ComponentProps<"svg">) {
  return (
    <Turning
      data-slot="spinner"
      role="status"
      aria-hidden="false"
      aria-label="Loading"
      className={cn("size-4 animate-spin", className)}
      {...props}
    />
  );
}
