import { AlertDialog as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { OVERLAY, PANEL } from "../lib/modal.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";
import { buttonVariants } from "./button.tsx";

/** A question that has to be answered before anything else. */
export const AlertDialog = Radix.Root;
export const AlertDialogTrigger = part(Radix.Trigger, "alert-dialog-trigger");
export const AlertDialogPortal = Radix.Portal;
export const AlertDialogOverlay = part(Radix.Overlay, "alert-dialog-overlay", OVERLAY);

export function AlertDialogContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <AlertDialogPortal>
      <AlertDialogOverlay />
      <Radix.Content data-slot="alert-dialog-content" className={cn(PANEL, className)} {...props} />
    </AlertDialogPortal>
  );
}

export const AlertDialogHeader = part(
  "div",
  "alert-dialog-header",
  "flex flex-col gap-2 text-center sm:text-left",
);
export const AlertDialogFooter = part(
  "div",
  "alert-dialog-footer",
  "flex flex-col-reverse gap-2 sm:flex-row sm:justify-end",
);
export const AlertDialogTitle = part(Radix.Title, "alert-dialog-title", "text-lg font-semibold");
export const AlertDialogDescription = part(
  Radix.Description,
  "alert-dialog-description",
  "text-sm text-muted-foreground",
);
export const AlertDialogAction = part(Radix.Action, "alert-dialog-action", buttonVariants());
export const AlertDialogCancel = part(
  Radix.Cancel,
  "alert-dialog-cancel",
  buttonVariants({ variant: "outline" }),
);
