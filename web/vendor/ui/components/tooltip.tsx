import { Tooltip as Radix } from "radix-ui";
import { type ComponentProps, createContext, useContext } from "react";
import { MOTION } from "../lib/menu.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

const Provided = createContext(false);

export function TooltipProvider({
  delayDuration = 200,
  ...props
}: ComponentProps<typeof Radix.Provider>) {
  return (
    <Provided value={true}>
      <Radix.Provider delayDuration={delayDuration} {...props} />
    </Provided>
  );
}

/** A word about a thing while the pointer is on it. It works without a provider, too. */
export function Tooltip(props: ComponentProps<typeof Radix.Root>) {
  if (useContext(Provided)) return <Radix.Root {...props} />;
  return (
    <TooltipProvider>
      <Radix.Root {...props} />
    </TooltipProvider>
  );
}

export const TooltipTrigger = part(Radix.Trigger, "tooltip-trigger");

export function TooltipContent({
  className,
  sideOffset = 4,
  children,
  ...props
}: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        data-slot="tooltip-content"
        sideOffset={sideOffset}
        className={cn(
          MOTION,
          "z-50 w-fit origin-(--radix-tooltip-content-transform-origin) animate-in rounded-md bg-foreground px-3 py-1.5 text-xs text-balance text-background fade-in-0 zoom-in-95",
          className,
        )}
        {...props}
      >
        {children}
        <Radix.Arrow className="fill-foreground" width={10} height={5} />
      </Radix.Content>
    </Radix.Portal>
  );
}
