import { ContextMenu as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { LIST, MOTION } from "../lib/menu.ts";
import { menuParts } from "../lib/menu-parts.tsx";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

const menu = menuParts("context-menu", Radix);

/** A menu of the place that was pressed with the other button, or for long. */
export const ContextMenu = Radix.Root;
export const ContextMenuTrigger = part(Radix.Trigger, "context-menu-trigger", "select-none");
export const ContextMenuPortal = Radix.Portal;
export const ContextMenuSub = Radix.Sub;
export const ContextMenuItem = menu.Item;
export const ContextMenuCheckboxItem = menu.CheckboxItem;
export const ContextMenuRadioItem = menu.RadioItem;
export const ContextMenuLabel = menu.Label;
export const ContextMenuSubTrigger = menu.SubTrigger;
export const ContextMenuSubContent = menu.SubContent;
export const ContextMenuGroup = menu.Group;
export const ContextMenuRadioGroup = menu.RadioGroup;
export const ContextMenuSeparator = menu.Separator;
export const ContextMenuShortcut = menu.Shortcut;

export function ContextMenuContent({ className, ...props }: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        data-slot="context-menu-content"
        className={cn(
          LIST,
          MOTION,
          "max-h-(--radix-context-menu-content-available-height) origin-(--radix-context-menu-content-transform-origin)",
          className,
        )}
        {...props}
      />
    </Radix.Portal>
  );
}
