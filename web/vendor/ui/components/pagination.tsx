import type { ComponentProps } from "react";
import { ChevronLeft, ChevronRight, Dots } from "../lib/icons.tsx";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";
import { type ButtonProps, buttonVariants } from "./button.tsx";

/** The pages of a long list. */
export function Pagination({ className, ...props }: ComponentProps<"nav">) {
  return (
    <nav
      data-slot="pagination"
      aria-label="Pagination"
      className={cn("mx-auto flex w-full justify-center", className)}
      {...props}
    />
  );
}

export const PaginationContent = part(
  "ul",
  "pagination-content",
  "flex flex-row items-center gap-1",
);
export const PaginationItem = part("li", "pagination-item");

type PaginationLinkProps = ComponentProps<"a"> & Pick<ButtonProps, "size"> & { isActive?: boolean };

export function PaginationLink({
  className,
  isActive,
  size = "icon",
  href = "#",
  onClick,
  ...props
}: PaginationLinkProps) {
  return (
    <a
      data-slot="pagination-link"
      data-active={isActive}
      aria-current={isActive ? "page" : undefined}
      href={href}
      onClick={(event) => {
        if (href === "#") event.preventDefault();
        onClick?.(event);
      }}
      className={cn(
        buttonVariants({ variant: isActive ? "outline" : "ghost", size }),
        "cursor-pointer",
        className,
      )}
      {...props}
    />
  );
}

export function PaginationPrevious({ className, ...props }: PaginationLinkProps) {
  return (
    <PaginationLink
      aria-label="Go to the previous page"
      size="default"
      className={cn("gap-1 px-2.5", className)}
      {...props}
    >
      <ChevronLeft />
      <span className="hidden sm:block">Previous</span>
    </PaginationLink>
  );
}

export function PaginationNext({ className, ...props }: PaginationLinkProps) {
  return (
    <PaginationLink
      aria-label="Go to the next page"
      size="default"
      className={cn("gap-1 px-2.5", className)}
      {...props}
    >
      <span className="hidden sm:block">Next</span>
      <ChevronRight />
    </PaginationLink>
  );
}

export function PaginationEllipsis({ className, ...props }: ComponentProps<"span">) {
  return (
    <span
      data-slot="pagination-ellipsis"
      className={cn("flex size-9 items-center justify-center", className)}
      {...props}
    >
      <Dots className="size-4" />
      <span className="sr-only">More pages</span>
    </span>
  );
}
