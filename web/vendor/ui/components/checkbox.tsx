import { Checkbox as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { Check, Minus } from "../lib/icons.tsx";
import { cn } from "../lib/utils.ts";

export function Checkbox({ className, ...props }: ComponentProps<typeof Radix.Root>) {
  return (
    <Radix.Root
      data-slot="checkbox"
      className={cn(
        "peer group/checkbox size-4 shrink-0 rounded-[4px] border border-input shadow-xs outline-none transition-shadow focus-visible:border-ring focus-visible:ring-[3px] focus-visible:ring-ring/50 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-destructive aria-invalid:ring-destructive/20 data-[state=checked]:border-primary data-[state=checked]:bg-primary data-[state=checked]:text-primary-foreground data-[state=indeterminate]:border-primary data-[state=indeterminate]:bg-primary data-[state=indeterminate]:text-primary-foreground dark:bg-input/30",
        className,
      )}
      {...props}
    >
      <Radix.Indicator className="flex items-center justify-center text-current">
        <Check
          strokeWidth={3}
          className="size-3.5 group-data-[state=indeterminate]/checkbox:hidden"
        />
        <Minus
          strokeWidth={3}
          className="hidden size-3.5 group-data-[state=indeterminate]/checkbox:block"
        />
      </Radix.Indicator>
    </Radix.Root>
  );
}
