import { Accordion as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { ChevronDown } from "../lib/icons.tsx";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

/** Sections of which one or several are open. */
export const Accordion = part(Radix.Root, "accordion");
export const AccordionItem = part(Radix.Item, "accordion-item", "border-b last:border-b-0");

export function AccordionTrigger({
  className,
  children,
  ...props
}: ComponentProps<typeof Radix.Trigger>) {
  return (
    <Radix.Header className="flex">
      <Radix.Trigger
        data-slot="accordion-trigger"
        className={cn(
          "flex flex-1 items-center justify-between gap-4 rounded-md py-4 text-left text-sm font-medium outline-none transition-all hover:underline focus-visible:ring-[3px] focus-visible:ring-ring/50 disabled:pointer-events-none disabled:opacity-50 [&[data-state=open]>svg]:rotate-180",
          className,
        )}
        {...props}
      >
        {children}
        <ChevronDown className="size-4 shrink-0 text-muted-foreground transition-transform duration-200" />
      </Radix.Trigger>
    </Radix.Header>
  );
}

export function AccordionContent({
  className,
  children,
  ...props
}: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Content
      data-slot="accordion-content"
      className="overflow-hidden text-sm data-[state=closed]:animate-accordion-up data-[state=open]:animate-accordion-down"
      {...props}
    >
      <div className={cn("pb-4 text-muted-foreground", className)}>{children}</div>
    </Radix.Content>
  );
}
