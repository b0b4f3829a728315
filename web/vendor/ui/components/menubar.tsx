import { Menubar as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { LIST, MOTION } from "../lib/menu.ts";
import { menuParts } from "../lib/menu-parts.tsx";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

const menu = menuParts("menubar", Radix);

/** Menus side by side, as in the bar of a desktop program. */
export const Menubar = part(
  Radix.Root,
  "menubar",
  "flex h-9 w-fit items-center gap-1 rounded-lg border p-1 shadow-xs",
);
export const MenubarMenu = Radix.Menu;
export const MenubarTrigger = part(
  Radix.Trigger,
  "menubar-trigger",
  "flex cursor-default select-none items-center rounded-md px-2.5 py-1 text-sm font-medium outline-none focus:bg-accent focus:text-accent-foreground data-[state=open]:bg-accent data-[state=open]:text-accent-foreground",
);
export const MenubarPortal = Radix.Portal;
export const MenubarSub = Radix.Sub;
export const MenubarItem = menu.Item;
export const MenubarCheckboxItem = menu.CheckboxItem;
export const MenubarRadioItem = menu.RadioItem;
export const MenubarLabel = menu.Label;
export const MenubarSubTrigger = menu.SubTrigger;
export const MenubarSubContent = menu.SubContent;
export const MenubarGroup = menu.Group;
export const MenubarRadioGroup = menu.RadioGroup;
export const MenubarSeparator = menu.Separator;
export const MenubarShortcut = menu.Shortcut;

export function MenubarContent({
  className,
  align = "start",
  alignOffset = -4,
  sideOffset = 8,
  ...props
}: ComponentProps<typeof Radix.Content>) {
  return (
    <Radix.Portal>
      <Radix.Content
        data-slot="menubar-content"
        align={align}
        alignOffset={alignOffset}
        sideOffset={sideOffset}
        className={cn(
          LIST,
          MOTION,
          "min-w-48 origin-(--radix-menubar-content-transform-origin)",
          className,
        )}
        {...props}
      />
    </Radix.Portal>
  );
}
