import type { VariantProps } from "class-variance-authority";
import { ToggleGroup as Radix } from "radix-ui";
import { type ComponentProps, createContext, useContext } from "react";
import { cn } from "../lib/utils.ts";
import { toggleVariants } from "./toggle.tsx";

type Look = VariantProps<typeof toggleVariants>;

const GroupLook = createContext<Look>({});

/** Buttons of which one or several stay pressed. */
export function ToggleGroup({
  className,
  variant,
  size,
  children,
  ...props
}: ComponentProps<typeof Radix.Root> & Look) {
  return (
    <Radix.Root
      data-slot="toggle-group"
      data-variant={variant}
      className={cn(
        "group/toggle-group flex w-fit items-center rounded-md data-[variant=outline]:shadow-xs",
        className,
      )}
      {...props}
    >
      <GroupLook value={{ variant, size }}>{children}</GroupLook>
    </Radix.Root>
  );
}

export function ToggleGroupItem({
  className,
  variant,
  size,
  ...props
}: ComponentProps<typeof Radix.Item> & Look) {
  const group = useContext(GroupLook);
  const look = { variant: group.variant ?? variant, size: group.size ?? size };
  return (
    <Radix.Item
      data-slot="toggle-group-item"
      data-variant={look.variant}
      className={cn(
        toggleVariants(look),
        "min-w-0 flex-1 shrink-0 rounded-none shadow-none first:rounded-l-md last:rounded-r-md focus:z-10 focus-visible:z-10 data-[variant=outline]:border-l-0 data-[variant=outline]:first:border-l",
        className,
      )}
      {...props}
    />
  );
}
