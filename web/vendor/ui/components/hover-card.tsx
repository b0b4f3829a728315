import { HoverCard as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { MOTION, SURFACE } from "../lib/menu.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

/** More about a thing while the pointer rests on it. */
export const HoverCard = Radix.Root;
export const HoverCardTrigger = part(Radix.Trigger, "hover-card-trigger");

export function HoverCardContent({
  className,
  align = "center",
  sideOffset = 4,
  ...props
}: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        data-slot="hover-card-content"
        align={align}
        sideOffset={sideOffset}
        className={cn(
          SURFACE,
          MOTION,
          "w-64 origin-(--radix-hover-card-content-transform-origin) p-4",
          className,
        )}
        {...props}
      />
    </Radix.Portal>
  );
}
