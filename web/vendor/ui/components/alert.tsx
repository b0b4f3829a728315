import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps } from "react";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

const alertVariants = cva(
  "relative grid w-full grid-cols-[0_1fr] items-start gap-y-0.5 rounded-lg border px-4 py-3 text-sm has-[>svg]:grid-cols-[1rem_1fr] has-[>svg]:gap-x-3 [&>svg]:size-4 [&>svg]:translate-y-0.5",
  {
    variants: {
      variant: {
        default: "bg-card text-card-foreground",
        destructive:
          "border-destructive/40 bg-destructive/5 text-destructive [&_[data-slot=alert-description]]:text-destructive/90",
      },
    },
    defaultVariants: { variant: "default" },
  },
);

/** A message in the page that stays. */
export function Alert({
  className,
  variant,
  ...props
}: ComponentProps<"div"> & VariantProps<typeof alertVariants>) {
  return (
    <div
      data-slot="alert"
      role="alert"
      className={cn(alertVariants({ variant }), className)}
      {...props}
    />
  );
}

export const AlertTitle = part(
  "div",
  "alert-title",
  "col-start-2 min-h-4 font-medium tracking-tight",
);
export const AlertDescription = part(
  "div",
  "alert-description",
  "col-start-2 grid justify-items-start gap-1 text-muted-foreground [&_p]:leading-relaxed",
);
