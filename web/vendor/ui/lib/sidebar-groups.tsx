// What lies in a sidebar: groups of links.
import { cva, type VariantProps } from "class-variance-authority";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { Skeleton } from "../components/skeleton.tsx";
import { Tooltip, TooltipContent, TooltipTrigger } from "../components/tooltip.tsx";
import { part } from "./part.tsx";
import { useSidebar } from "./sidebar-state.ts";
import { cn } from "./utils.ts";

type AsChild = { asChild?: boolean };

export const SidebarGroup = part(
  "div",
  "sidebar-group",
  "relative flex w-full min-w-0 flex-col p-2",
);
export const SidebarGroupContent = part("div", "sidebar-group-content", "w-full text-sm");

export function SidebarGroupLabel({
  className,
  asChild = false,
  ...props
}: ComponentProps<"div"> & AsChild) {
  const Tag = asChild ? Slot.Root : "div";
  return (
    <Tag
      data-slot="sidebar-group-label"
      className={cn(
        "flex h-8 shrink-0 items-center rounded-md px-2 text-xs font-medium text-sidebar-foreground/70 ring-sidebar-ring outline-none transition-[margin,opacity] duration-200 ease-linear group-data-[collapsible=icon]:-mt-8 group-data-[collapsible=icon]:opacity-0 focus-visible:ring-2 [&>svg]:size-4 [&>svg]:shrink-0",
        className,
      )}
      {...props}
    />
  );
}

const CORNER =
  "absolute flex aspect-square w-5 items-center justify-center rounded-md p-0 text-sidebar-foreground ring-sidebar-ring outline-none transition-transform group-data-[collapsible=icon]:hidden hover:bg-sidebar-accent hover:text-sidebar-accent-foreground focus-visible:ring-2 [&>svg]:size-4 [&>svg]:shrink-0";

export function SidebarGroupAction({
  className,
  asChild = false,
  ...props
}: ComponentProps<"button"> & AsChild) {
  const Tag = asChild ? Slot.Root : "button";
  return (
    <Tag
      data-slot="sidebar-group-action"
      className={cn(CORNER, "top-3.5 right-3", className)}
      {...props}
    />
  );
}

export const SidebarMenu = part("ul", "sidebar-menu", "flex w-full min-w-0 flex-col gap-1");
export const SidebarMenuItem = part(
  "li",
  "sidebar-menu-item",
  "group/menu-item relative list-none",
);

const menuButton = cva(
  "peer/menu-button flex w-full items-center gap-2 overflow-hidden rounded-md p-2 text-left text-sm ring-sidebar-ring outline-none transition-[width,height,padding] group-has-data-[slot=sidebar-menu-action]/menu-item:pr-8 group-data-[collapsible=icon]:size-8! group-data-[collapsible=icon]:p-2! hover:bg-sidebar-accent hover:text-sidebar-accent-foreground focus-visible:ring-2 active:bg-sidebar-accent disabled:pointer-events-none disabled:opacity-50 aria-disabled:pointer-events-none aria-disabled:opacity-50 data-[active=true]:bg-sidebar-accent data-[active=true]:font-medium data-[active=true]:text-sidebar-accent-foreground data-[state=open]:hover:bg-sidebar-accent [&>span:last-child]:truncate [&>svg]:size-4 [&>svg]:shrink-0",
  {
    variants: {
      variant: {
        default: "",
        outline: "border border-sidebar-border bg-background shadow-xs",
      },
      size: {
        default: "h-8",
        sm: "h-7 text-xs",
        lg: "h-12 group-data-[collapsible=icon]:p-0!",
      },
    },
    defaultVariants: { variant: "default", size: "default" },
  },
);

export function SidebarMenuButton({
  asChild = false,
  isActive = false,
  variant,
  size,
  tooltip,
  className,
  ...props
}: ComponentProps<"button"> &
  AsChild & {
    isActive?: boolean;
    /** Shown beside it while the sidebar shows icons only. */
    tooltip?: string | ComponentProps<typeof TooltipContent>;
  } & VariantProps<typeof menuButton>) {
  const Tag = asChild ? Slot.Root : "button";
  const { isMobile, state } = useSidebar();
  const button = (
    <Tag
      data-slot="sidebar-menu-button"
      data-active={isActive}
      className={cn(menuButton({ variant, size }), className)}
      {...props}
    />
  );
  if (tooltip === undefined) return button;
  const said = typeof tooltip === "string" ? { children: tooltip } : tooltip;
  return (
    <Tooltip>
      <TooltipTrigger asChild>{button}</TooltipTrigger>
      <TooltipContent
        side="right"
        align="center"
        hidden={state !== "collapsed" || isMobile}
        {...said}
      />
    </Tooltip>
  );
}

export function SidebarMenuAction({
  className,
  asChild = false,
  showOnHover = false,
  ...props
}: ComponentProps<"button"> & AsChild & { showOnHover?: boolean }) {
  const Tag = asChild ? Slot.Root : "button";
  return (
    <Tag
      data-slot="sidebar-menu-action"
      className={cn(
        CORNER,
        "top-1.5 right-1",
        showOnHover &&
          "group-focus-within/menu-item:opacity-100 group-hover/menu-item:opacity-100 data-[state=open]:opacity-100 md:opacity-0",
        className,
      )}
      {...props}
    />
  );
}

export const SidebarMenuBadge = part(
  "div",
  "sidebar-menu-badge",
  "pointer-events-none absolute top-1.5 right-1 flex h-5 min-w-5 items-center justify-center rounded-md px-1 text-xs font-medium text-sidebar-foreground tabular-nums select-none group-data-[collapsible=icon]:hidden",
);

export function SidebarMenuSkeleton({
  className,
  showIcon = false,
  ...props
}: ComponentProps<"div"> & { showIcon?: boolean }) {
  return (
    <div
      data-slot="sidebar-menu-skeleton"
      className={cn("flex h-8 items-center gap-2 rounded-md px-2", className)}
      {...props}
    >
      {showIcon && <Skeleton className="size-4 rounded-md" />}
      <Skeleton className="h-4 max-w-3/4 flex-1" />
    </div>
  );
}

export const SidebarMenuSub = part(
  "ul",
  "sidebar-menu-sub",
  "mx-3.5 flex min-w-0 translate-x-px flex-col gap-1 border-l border-sidebar-border px-2.5 py-0.5 group-data-[collapsible=icon]:hidden",
);
export const SidebarMenuSubItem = part(
  "li",
  "sidebar-menu-sub-item",
  "group/menu-sub-item relative list-none",
);

export function SidebarMenuSubButton({
  asChild = false,
  size = "md",
  isActive = false,
  className,
  ...props
}: ComponentProps<"a"> & AsChild & { size?: "sm" | "md"; isActive?: boolean }) {
  const Tag = asChild ? Slot.Root : "a";
  return (
    <Tag
      data-slot="sidebar-menu-sub-button"
      data-active={isActive}
      className={cn(
        "flex h-7 min-w-0 -translate-x-px items-center gap-2 overflow-hidden rounded-md px-2 text-sidebar-foreground ring-sidebar-ring outline-none group-data-[collapsible=icon]:hidden hover:bg-sidebar-accent hover:text-sidebar-accent-foreground focus-visible:ring-2 data-[active=true]:bg-sidebar-accent data-[active=true]:text-sidebar-accent-foreground [&>span:last-child]:truncate [&>svg]:size-4 [&>svg]:shrink-0",
        size === "sm" ? "text-xs" : "text-sm",
        className,
      )}
      {...props}
    />
  );
}
