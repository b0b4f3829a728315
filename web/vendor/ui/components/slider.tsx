import { Slider as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "../lib/utils.ts";

/** A value, or a range of values, on a line. */
export function Slider({
  className,
  defaultValue,
  value,
  min = 0,
  max = 100,
  "aria-label": label,
  "aria-labelledby": labelledBy,
  ...props
}: ComponentProps<typeof Radix.Root>) {
  const thumbs = (value ?? defaultValue ?? [min]).length;
  return (
    <Radix.Root
      data-slot="slider"
      defaultValue={defaultValue}
      value={value}
      min={min}
      max={max}
      className={cn(
        "relative flex w-full touch-none items-center select-none data-[disabled]:opacity-50 data-[orientation=vertical]:h-full data-[orientation=vertical]:min-h-44 data-[orientation=vertical]:w-auto data-[orientation=vertical]:flex-col",
        className,
      )}
      {...props}
    >
      <Radix.Track
        data-slot="slider-track"
        className="relative grow overflow-hidden rounded-full bg-muted data-[orientation=horizontal]:h-1.5 data-[orientation=horizontal]:w-full data-[orientation=vertical]:h-full data-[orientation=vertical]:w-1.5"
      >
        <Radix.Range
          data-slot="slider-range"
          className="absolute bg-primary data-[orientation=horizontal]:h-full data-[orientation=vertical]:w-full"
        />
      </Radix.Track>
      {Array.from({ length: thumbs }, (_, index) => (
        <Radix.Thumb
          // biome-ignore lint/suspicious/noArrayIndexKey: a thumb is its place
          key={index}
          data-slot="slider-thumb"
          aria-label={label}
          aria-labelledby={labelledBy}
          className="block size-4 shrink-0 rounded-full border border-primary bg-white shadow-sm ring-ring/50 outline-none transition-[color,box-shadow] hover:ring-4 focus-visible:ring-4 disabled:pointer-events-none disabled:opacity-50"
        />
      ))}
    </Radix.Root>
  );
}
