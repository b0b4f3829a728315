import { Progress as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "../lib/utils.ts";

/** How much of something is done; `value` is of `max`, which is 100 unless told. */
export function Progress({
  className,
  value,
  max = 100,
  ...props
}: ComponentProps<typeof Radix.Root>) {
  const part = Math.min(Math.max((value ?? 0) / max, 0), 1);
  return (
    <Radix.Root
      data-slot="progress"
      value={value}
      max={max}
      className={cn("relative h-2 w-full overflow-hidden rounded-full bg-primary/20", className)}
      {...props}
    >
      <Radix.Indicator
        data-slot="progress-indicator"
        className="h-full w-full flex-1 rounded-full bg-primary transition-all"
        style={{ transform: `translateX(-${100 - part * 100}%)` }}
      />
    </Radix.Root>
  );
}
