import { Dialog as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { Cross } from "../lib/icons.tsx";
import { CLOSE, OVERLAY, PANEL } from "../lib/modal.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

/** A panel over the page. */
export const Dialog = Radix.Root;
export const DialogTrigger = part(Radix.Trigger, "dialog-trigger");
export const DialogPortal = Radix.Portal;
export const DialogClose = part(Radix.Close, "dialog-close");
export const DialogOverlay = part(Radix.Overlay, "dialog-overlay", OVERLAY);

export function DialogContent({
  className,
  children,
  showCloseButton = true,
  ...props
}: ComponentProps<typeof Radix.Content> & { showCloseButton?: boolean }) {
  return (
    <DialogPortal>
      <DialogOverlay />
      <Radix.Content data-slot="dialog-content" className={cn(PANEL, className)} {...props}>
        {children}
        {showCloseButton && (
          <Radix.Close data-slot="dialog-close" className={CLOSE}>
            <Cross />
            <span className="sr-only">Close</span>
          </Radix.Close>
        )}
      </Radix.Content>
    </DialogPortal>
  );
}

export const DialogHeader = part(
  "div",
  "dialog-header",
  "flex flex-col gap-2 text-center sm:text-left",
);
export const DialogFooter = part(
  "div",
  "dialog-footer",
  "flex flex-col-reverse gap-2 sm:flex-row sm:justify-end",
);
export const DialogTitle = part(Radix.Title, "dialog-title", "text-lg leading-none font-semibold");
export const DialogDescription = part(
  Radix.Description,
  "dialog-description",
  "text-sm text-muted-foreground",
);
