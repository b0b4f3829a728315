import { DropdownMenu as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { LIST, MOTION } from "../lib/menu.ts";
import { menuParts } from "../lib/menu-parts.tsx";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

const menu = menuParts("dropdown-menu", Radix);

/** A menu that hangs on a button. */
export const DropdownMenu = Radix.Root;
export const DropdownMenuTrigger = part(Radix.Trigger, "dropdown-menu-trigger");
export const DropdownMenuPortal = Radix.Portal;
export const DropdownMenuSub = Radix.Sub;
export const DropdownMenuItem = menu.Item;
export const DropdownMenuCheckboxItem = menu.CheckboxItem;
export const DropdownMenuRadioItem = menu.RadioItem;
export const DropdownMenuLabel = menu.Label;
export const DropdownMenuSubTrigger = menu.SubTrigger;
export const DropdownMenuSubContent = menu.SubContent;
export const DropdownMenuGroup = menu.Group;
export const DropdownMenuRadioGroup = menu.RadioGroup;
export const DropdownMenuSeparator = menu.Separator;
export const DropdownMenuShortcut = menu.Shortcut;

export function DropdownMenuContent({
  className,
  sideOffset = 4,
  ...props
}: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        data-slot="dropdown-menu-content"
        sideOffset={sideOffset}
        className={cn(
          LIST,
          MOTION,
          "max-h-(--radix-dropdown-menu-content-available-height) origin-(--radix-dropdown-menu-content-transform-origin)",
          className,
        )}
        {...props}
      />
    </Radix.Portal>
  );
}
