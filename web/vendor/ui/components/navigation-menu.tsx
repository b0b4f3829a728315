import { cva } from "class-variance-authority";
import { NavigationMenu as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { ChevronDown } from "../lib/icons.tsx";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

export const navigationMenuTriggerStyle = cva(
  "group inline-flex h-9 w-max items-center justify-center rounded-md px-4 py-2 text-sm font-medium outline-none transition-colors hover:bg-accent hover:text-accent-foreground focus:bg-accent focus:text-accent-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50 disabled:pointer-events-none disabled:opacity-50 data-[state=open]:bg-accent/50 data-[state=open]:text-accent-foreground",
);

/** Links of a site, some of which open a surface with more. */
export function NavigationMenu({
  className,
  children,
  viewport = true,
  ...props
}: ComponentProps<typeof Radix.Root> & { viewport?: boolean }) {
  return (
    <Radix.Root
      data-slot="navigation-menu"
      data-viewport={viewport}
      className={cn(
        "group/navigation-menu relative flex max-w-max flex-1 items-center justify-center",
        className,
      )}
      {...props}
    >
      {children}
      {viewport && <NavigationMenuViewport />}
    </Radix.Root>
  );
}

export const NavigationMenuList = part(
  Radix.List,
  "navigation-menu-list",
  "group flex flex-1 list-none items-center justify-center gap-1",
);
export const NavigationMenuItem = part(Radix.Item, "navigation-menu-item", "relative");

export function NavigationMenuTrigger({
  className,
  children,
  ...props
}: ComponentProps<typeof Radix.Trigger>) {
  return (
    <Radix.Trigger
      data-slot="navigation-menu-trigger"
      className={cn(navigationMenuTriggerStyle(), className)}
      {...props}
    >
      {children}
      <ChevronDown className="relative top-px ml-1 size-3 transition-transform duration-300 group-data-[state=open]:rotate-180" />
    </Radix.Trigger>
  );
}

export const NavigationMenuContent = part(
  Radix.Content,
  "navigation-menu-content",
  "top-0 left-0 w-full p-2 data-[motion^=from-]:animate-in data-[motion^=from-]:fade-in data-[motion^=to-]:animate-out data-[motion^=to-]:fade-out data-[motion=from-end]:slide-in-from-right-52 data-[motion=from-start]:slide-in-from-left-52 data-[motion=to-end]:slide-out-to-right-52 data-[motion=to-start]:slide-out-to-left-52 md:absolute md:w-auto group-data-[viewport=false]/navigation-menu:top-full group-data-[viewport=false]/navigation-menu:mt-1.5 group-data-[viewport=false]/navigation-menu:rounded-lg group-data-[viewport=false]/navigation-menu:border group-data-[viewport=false]/navigation-menu:bg-popover group-data-[viewport=false]/navigation-menu:text-popover-foreground group-data-[viewport=false]/navigation-menu:shadow-lg",
);

export function NavigationMenuViewport({
  className,
  ...props
}: ComponentProps<typeof Radix.Viewport>) {
  return (
    <div className="absolute top-full left-0 isolate z-50 flex justify-center">
      <Radix.Viewport
        data-slot="navigation-menu-viewport"
        className={cn(
          "relative mt-1.5 h-(--radix-navigation-menu-viewport-height) w-full origin-top overflow-hidden rounded-lg border bg-popover text-popover-foreground shadow-lg data-[state=closed]:animate-out data-[state=closed]:zoom-out-95 data-[state=open]:animate-in data-[state=open]:zoom-in-95 md:w-(--radix-navigation-menu-viewport-width)",
          className,
        )}
        {...props}
      />
    </div>
  );
}

export const NavigationMenuLink = part(
  Radix.Link,
  "navigation-menu-link",
  "flex flex-col gap-1 rounded-md p-2 text-sm outline-none transition-colors hover:bg-accent hover:text-accent-foreground focus:bg-accent focus:text-accent-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50 data-[active=true]:bg-accent/50 [&_svg:not([class*='size-'])]:size-4",
);
export const NavigationMenuIndicator = part(
  Radix.Indicator,
  "navigation-menu-indicator",
  "top-full z-10 flex h-1.5 items-end justify-center overflow-hidden data-[state=hidden]:animate-out data-[state=hidden]:fade-out data-[state=visible]:animate-in data-[state=visible]:fade-in",
);
