import { Select as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { FIELD } from "../lib/field.ts";
import { Check, ChevronDown, ChevronUp } from "../lib/icons.tsx";
import { ITEM, LABEL, LIST, MOTION, SEPARATOR } from "../lib/menu.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

/** One of several, from a list that opens. */
export const Select = Radix.Root;
export const SelectGroup = part(Radix.Group, "select-group");
export const SelectValue = part(Radix.Value, "select-value");

export function SelectTrigger({
  className,
  size = "default",
  children,
  ...props
}: ComponentProps<typeof Radix.Trigger> & { size?: "sm" | "default" }) {
  return (
    <Radix.Trigger
      data-slot="select-trigger"
      data-size={size}
      className={cn(
        FIELD,
        "flex w-full items-center justify-between gap-2 px-3 py-2 whitespace-nowrap data-[placeholder]:text-muted-foreground data-[size=default]:h-9 data-[size=sm]:h-8 dark:hover:bg-input/50 *:data-[slot=select-value]:line-clamp-1 *:data-[slot=select-value]:flex *:data-[slot=select-value]:items-center *:data-[slot=select-value]:gap-2 [&_svg]:pointer-events-none [&_svg]:shrink-0 [&_svg:not([class*='size-'])]:size-4",
        className,
      )}
      {...props}
    >
      {children}
      <Radix.Icon asChild>
        <ChevronDown className="size-4 opacity-50" />
      </Radix.Icon>
    </Radix.Trigger>
  );
}

export function SelectContent({
  className,
  children,
  position = "popper",
  ...props
}: ComponentProps<typeof Radix.Content>) {
  const hangs = position === "popper";
  return (
    <Radix.Portal>
      <Radix.Content
        data-slot="select-content"
        position={position}
        className={cn(
          LIST,
          MOTION,
          "relative max-h-(--radix-select-content-available-height) origin-(--radix-select-content-transform-origin) p-0",
          hangs &&
            "data-[side=bottom]:translate-y-1 data-[side=left]:-translate-x-1 data-[side=right]:translate-x-1 data-[side=top]:-translate-y-1",
          className,
        )}
        {...props}
      >
        <SelectScrollUpButton />
        <Radix.Viewport
          className={cn("p-1", hangs && "w-full min-w-(--radix-select-trigger-width) scroll-my-1")}
        >
          {children}
        </Radix.Viewport>
        <SelectScrollDownButton />
      </Radix.Content>
    </Radix.Portal>
  );
}

export const SelectLabel = part(Radix.Label, "select-label", LABEL);
export const SelectSeparator = part(Radix.Separator, "select-separator", SEPARATOR);

export function SelectItem({ className, children, ...props }: ComponentProps<typeof Radix.Item>) {
  return (
    <Radix.Item data-slot="select-item" className={cn(ITEM, "w-full pr-8", className)} {...props}>
      <span className="absolute right-2 flex size-4 items-center justify-center">
        <Radix.ItemIndicator>
          <Check className="size-4" />
        </Radix.ItemIndicator>
      </span>
      <Radix.ItemText>{children}</Radix.ItemText>
    </Radix.Item>
  );
}

const MORE = "flex cursor-default items-center justify-center py-1";

export function SelectScrollUpButton({
  className,
  ...props
}: ComponentProps<typeof Radix.ScrollUpButton>) {
  return (
    <Radix.ScrollUpButton className={cn(MORE, className)} {...props}>
      <ChevronUp />
    </Radix.ScrollUpButton>
  );
}

export function SelectScrollDownButton({
  className,
  ...props
}: ComponentProps<typeof Radix.ScrollDownButton>) {
  return (
    <Radix.ScrollDownButton className={cn(MORE, className)} {...props}>
      <ChevronDown />
    </Radix.ScrollDownButton>
  );
}
