import { cva, type VariantProps } from "class-variance-authority";
import { Toast as Radix } from "radix-ui";
import type { ComponentProps, ReactElement } from "react";
import { Cross } from "../lib/icons.tsx";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

export const ToastProvider = Radix.Provider;
export const ToastViewport = part(
  Radix.Viewport,
  "toast-viewport",
  "fixed top-0 z-100 flex max-h-screen w-full flex-col-reverse gap-2 p-4 outline-none sm:top-auto sm:right-0 sm:bottom-0 sm:flex-col md:max-w-105",
);

const toastVariants = cva(
  "group pointer-events-auto relative flex w-full items-center justify-between gap-4 overflow-hidden rounded-lg border p-4 pr-8 shadow-lg transition-all data-[state=closed]:animate-out data-[state=closed]:fade-out-80 data-[state=closed]:slide-out-to-right-full data-[state=open]:animate-in data-[state=open]:slide-in-from-top-full data-[swipe=cancel]:translate-x-0 data-[swipe=end]:translate-x-(--radix-toast-swipe-end-x) data-[swipe=end]:animate-out data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x) data-[swipe=move]:transition-none sm:data-[state=open]:slide-in-from-bottom-full",
  {
    variants: {
      variant: {
        default: "bg-background text-foreground",
        destructive: "destructive border-destructive bg-destructive text-white",
      },
    },
    defaultVariants: { variant: "default" },
  },
);

export type ToastProps = ComponentProps<typeof Radix.Root> & VariantProps<typeof toastVariants>;
export type ToastActionElement = ReactElement<typeof ToastAction>;

/** One short message; `useToast` shows them and `Toaster` draws them. */
export function Toast({ className, variant, ...props }: ToastProps) {
  return (
    <Radix.Root
      data-slot="toast"
      className={cn(toastVariants({ variant }), className)}
      {...props}
    />
  );
}

export const ToastAction = part(
  Radix.Action,
  "toast-action",
  "inline-flex h-8 shrink-0 items-center justify-center rounded-md border bg-transparent px-3 text-sm font-medium outline-none transition-colors hover:bg-secondary focus-visible:ring-[3px] focus-visible:ring-ring/50 group-[.destructive]:border-white/40 group-[.destructive]:hover:bg-white/15",
);

export function ToastClose({ className, ...props }: ComponentProps<typeof Radix.Close>) {
  return (
    <Radix.Close
      data-slot="toast-close"
      aria-label="Close"
      className={cn(
        "absolute top-2 right-2 rounded-md p-1 opacity-60 outline-none transition-opacity hover:opacity-100 focus-visible:ring-[3px] focus-visible:ring-ring/50",
        className,
      )}
      {...props}
    >
      <Cross />
    </Radix.Close>
  );
}

export const ToastTitle = part(Radix.Title, "toast-title", "text-sm font-semibold");
export const ToastDescription = part(Radix.Description, "toast-description", "text-sm opacity-90");
