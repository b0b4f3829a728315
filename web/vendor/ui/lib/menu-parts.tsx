// The parts that every kind of menu has.
import type { DropdownMenu } from "radix-ui";
import type { ComponentProps } from "react";
import { Check, ChevronRight, Dot } from "./icons.tsx";
import {
  DESTRUCTIVE,
  INSET,
  ITEM,
  LABEL,
  LIST,
  MARK,
  MOTION,
  SEPARATOR,
  SHORTCUT,
} from "./menu.ts";
import { part } from "./part.tsx";
import { cn } from "./utils.ts";

/** What the primitives of a menu have in common, whatever opens it. */
type Primitives = Pick<
  typeof DropdownMenu,
  | "Item"
  | "CheckboxItem"
  | "RadioItem"
  | "ItemIndicator"
  | "Label"
  | "Separator"
  | "SubTrigger"
  | "SubContent"
  | "Group"
  | "RadioGroup"
>;
type Inset = {
  /** Leaves room at the start, to align with things that have a mark. */
  inset?: boolean;
};

/**
 * The parts of one kind of menu.
 * @param slot how their `data-slot`s begin
 * @param Radix the kind's primitives
 */
export function menuParts(slot: string, Radix: Primitives) {
  function Item({
    className,
    inset,
    variant = "default",
    ...props
  }: ComponentProps<typeof Radix.Item> & Inset & { variant?: "default" | "destructive" }) {
    return (
      <Radix.Item
        data-slot={`${slot}-item`}
        data-inset={inset ? "" : undefined}
        data-variant={variant}
        className={cn(ITEM, INSET, DESTRUCTIVE, className)}
        {...props}
      />
    );
  }

  function CheckboxItem({
    className,
    children,
    ...props
  }: ComponentProps<typeof Radix.CheckboxItem>) {
    return (
      <Radix.CheckboxItem
        data-slot={`${slot}-checkbox-item`}
        className={cn(ITEM, "pl-8", className)}
        {...props}
      >
        <span className={MARK}>
          <Radix.ItemIndicator>
            <Check className="size-4" />
          </Radix.ItemIndicator>
        </span>
        {children}
      </Radix.CheckboxItem>
    );
  }

  function RadioItem({ className, children, ...props }: ComponentProps<typeof Radix.RadioItem>) {
    return (
      <Radix.RadioItem
        data-slot={`${slot}-radio-item`}
        className={cn(ITEM, "pl-8", className)}
        {...props}
      >
        <span className={MARK}>
          <Radix.ItemIndicator>
            <Dot className="size-4" />
          </Radix.ItemIndicator>
        </span>
        {children}
      </Radix.RadioItem>
    );
  }

  function Label({ className, inset, ...props }: ComponentProps<typeof Radix.Label> & Inset) {
    return (
      <Radix.Label
        data-slot={`${slot}-label`}
        data-inset={inset ? "" : undefined}
        className={cn(LABEL, INSET, className)}
        {...props}
      />
    );
  }

  function SubTrigger({
    className,
    inset,
    children,
    ...props
  }: ComponentProps<typeof Radix.SubTrigger> & Inset) {
    return (
      <Radix.SubTrigger
        data-slot={`${slot}-sub-trigger`}
        data-inset={inset ? "" : undefined}
        className={cn(ITEM, INSET, "data-[state=open]:bg-accent", className)}
        {...props}
      >
        {children}
        <ChevronRight className="ml-auto size-4" />
      </Radix.SubTrigger>
    );
  }

  return {
    Item,
    CheckboxItem,
    RadioItem,
    Label,
    SubTrigger,
    SubContent: part(Radix.SubContent, `${slot}-sub-content`, cn(LIST, MOTION)),
    Group: part(Radix.Group, `${slot}-group`),
    RadioGroup: part(Radix.RadioGroup, `${slot}-radio-group`),
    Separator: part(Radix.Separator, `${slot}-separator`, SEPARATOR),
    Shortcut: part("span", `${slot}-shortcut`, SHORTCUT),
  };
}
