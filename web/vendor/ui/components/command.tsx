import { Command as Cmdk } from "cmdk";
import type { ComponentProps } from "react";
import { Glass } from "../lib/icons.tsx";
import { ITEM, SEPARATOR, SHORTCUT } from "../lib/menu.ts";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from "./dialog.tsx";

/** A list that is narrowed by typing and chosen from by keyboard. */
export const Command = part(
  Cmdk,
  "command",
  "flex h-full w-full flex-col overflow-hidden rounded-lg bg-popover text-popover-foreground",
);

/** The list in a panel over the page. */
export function CommandDialog({
  title = "Commands",
  description = "Type to find a command.",
  className,
  children,
  showCloseButton = true,
  ...props
}: ComponentProps<typeof Dialog> & {
  title?: string;
  description?: string;
  className?: string;
  showCloseButton?: boolean;
}) {
  return (
    <Dialog {...props}>
      <DialogContent
        className={cn("overflow-hidden p-0", className)}
        showCloseButton={showCloseButton}
      >
        <DialogHeader className="sr-only">
          <DialogTitle>{title}</DialogTitle>
          <DialogDescription>{description}</DialogDescription>
        </DialogHeader>
        <Command className="[&_[cmdk-group]]:px-2 [&_[cmdk-input]]:h-12 [&_[cmdk-item]]:py-2.5">
          {children}
        </Command>
      </DialogContent>
    </Dialog>
  );
}

export function CommandInput({ className, ...props }: ComponentProps<typeof Cmdk.Input>) {
  return (
    <div data-slot="command-input-wrapper" className="flex items-center gap-2 border-b px-3">
      <Glass className="size-4 shrink-0 opacity-50" />
      <Cmdk.Input
        data-slot="command-input"
        className={cn(
          "flex h-10 w-full bg-transparent py-3 text-sm outline-none placeholder:text-muted-foreground disabled:cursor-not-allowed disabled:opacity-50",
          className,
        )}
        {...props}
      />
    </div>
  );
}

export const CommandList = part(
  Cmdk.List,
  "command-list",
  "max-h-75 scroll-py-1 overflow-x-hidden overflow-y-auto",
);
export const CommandEmpty = part(
  Cmdk.Empty,
  "command-empty",
  "py-6 text-center text-sm text-muted-foreground",
);
export const CommandGroup = part(
  Cmdk.Group,
  "command-group",
  "overflow-hidden p-1 text-foreground [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted-foreground",
);
export const CommandSeparator = part(Cmdk.Separator, "command-separator", SEPARATOR);
export const CommandItem = part(
  Cmdk.Item,
  "command-item",
  cn(
    ITEM,
    "data-[disabled=false]:pointer-events-auto data-[disabled=false]:opacity-100 data-[disabled=true]:pointer-events-none data-[disabled=true]:opacity-50 data-[selected=true]:bg-accent data-[selected=true]:text-accent-foreground",
  ),
);
export const CommandShortcut = part("span", "command-shortcut", SHORTCUT);
