import { RadioGroup as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

/** One of several. */
export const RadioGroup = part(Radix.Root, "radio-group", "grid gap-3");

export function RadioGroupItem({ className, ...props }: ComponentProps<typeof Radix.Item>) {
  return (
    <Radix.Item
      data-slot="radio-group-item"
      className={cn(
        "peer aspect-square size-4 shrink-0 rounded-full border border-input text-primary shadow-xs outline-none transition-[color,box-shadow] focus-visible:border-ring focus-visible:ring-[3px] focus-visible:ring-ring/50 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-destructive data-[state=checked]:border-primary dark:bg-input/30",
        className,
      )}
      {...props}
    >
      <Radix.Indicator className="flex size-full items-center justify-center">
        <span className="size-2 rounded-full bg-primary" />
      </Radix.Indicator>
    </Radix.Item>
  );
}
