import { Popover as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { MOTION, SURFACE } from "../lib/menu.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

/** A small surface that hangs on a button. */
export const Popover = Radix.Root;
export const PopoverTrigger = part(Radix.Trigger, "popover-trigger");
export const PopoverAnchor = part(Radix.Anchor, "popover-anchor");
export const PopoverClose = part(Radix.Close, "popover-close");

export function PopoverContent({
  className,
  align = "center",
  sideOffset = 4,
  ...props
}: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        data-slot="popover-content"
        align={align}
        sideOffset={sideOffset}
        className={cn(
          SURFACE,
          MOTION,
          "w-72 origin-(--radix-popover-content-transform-origin) p-4",
          className,
        )}
        {...props}
      />
    </Radix.Portal>
  );
}
