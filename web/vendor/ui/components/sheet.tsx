import { Dialog as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { Cross } from "../lib/icons.tsx";
import { CLOSE, OVERLAY } from "../lib/modal.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

const SIDES = {
  top: "inset-x-0 top-0 h-auto border-b data-[state=closed]:slide-out-to-top data-[state=open]:slide-in-from-top",
  right:
    "inset-y-0 right-0 h-full w-3/4 border-l data-[state=closed]:slide-out-to-right data-[state=open]:slide-in-from-right sm:max-w-sm",
  bottom:
    "inset-x-0 bottom-0 h-auto border-t data-[state=closed]:slide-out-to-bottom data-[state=open]:slide-in-from-bottom",
  left: "inset-y-0 left-0 h-full w-3/4 border-r data-[state=closed]:slide-out-to-left data-[state=open]:slide-in-from-left sm:max-w-sm",
};

/** A panel that comes in from a side of the window. */
export const Sheet = Radix.Root;
export const SheetTrigger = part(Radix.Trigger, "sheet-trigger");
export const SheetClose = part(Radix.Close, "sheet-close");
export const SheetPortal = Radix.Portal;
export const SheetOverlay = part(Radix.Overlay, "sheet-overlay", OVERLAY);

export function SheetContent({
  className,
  children,
  side = "right",
  ...props
}: ComponentProps<typeof Radix.Content> & { side?: keyof typeof SIDES }) {
  return (
    <SheetPortal>
      <SheetOverlay />
      <Radix.Content
        data-slot="sheet-content"
        className={cn(
          "fixed z-50 flex flex-col gap-4 overflow-y-auto bg-background text-foreground shadow-xl outline-none transition ease-in-out data-[state=closed]:animate-out data-[state=closed]:duration-300 data-[state=open]:animate-in data-[state=open]:duration-500",
          SIDES[side],
          className,
        )}
        {...props}
      >
        {children}
        <Radix.Close className={CLOSE}>
          <Cross />
          <span className="sr-only">Close</span>
        </Radix.Close>
      </Radix.Content>
    </SheetPortal>
  );
}

export const SheetHeader = part("div", "sheet-header", "flex flex-col gap-1.5 p-4");
export const SheetFooter = part("div", "sheet-footer", "mt-auto flex flex-col gap-2 p-4");
export const SheetTitle = part(Radix.Title, "sheet-title", "font-semibold text-foreground");
export const SheetDescription = part(
  Radix.Description,
  "sheet-description",
  "text-sm text-muted-foreground",
);
