import type { ComponentProps, ElementType, JSX } from "react";
import { cn } from "./utils.ts";

/**
 * A component that is an element or a primitive with a look: most of the set is this.
 * @param tag what is rendered
 * @param slot its `data-slot`, by which sheets and other parts find it; it names the component too
 * @param look its classes, which the caller's `className` can override
 */
export function part<T extends ElementType>(
  tag: T,
  slot: string,
  look = "",
): ((props: ComponentProps<T>) => JSX.Element) & { displayName: string } {
  const Tag: ElementType = tag;
  function Part({ className, ...props }: { className?: string }) {
    return <Tag data-slot={slot} className={cn(look, className)} {...props} />;
  }
  return Object.assign(Part as (props: ComponentProps<T>) => JSX.Element, {
    displayName: slot.replace(/(^|-)[a-z]/g, (start) => start.replace("-", "").toUpperCase()),
  });
}
