import { type ComponentProps, useEffect, useRef } from "react";
import { type DayButton, DayPicker, getDefaultClassNames } from "react-day-picker";
import { ChevronDown, ChevronLeft, ChevronRight } from "../lib/icons.tsx";
import { cn } from "../lib/utils.ts";
import { buttonVariants } from "./button.tsx";

export type CalendarProps = ComponentProps<typeof DayPicker>;

const ARROWS = { left: ChevronLeft, right: ChevronRight, up: ChevronDown, down: ChevronDown };
const STEP = cn(buttonVariants({ variant: "ghost" }), "size-(--cell) p-0 aria-disabled:opacity-50");

/** Days of a month, of which one, several or a range can be chosen. */
export function Calendar({
  className,
  classNames,
  showOutsideDays = true,
  captionLayout = "label",
  components,
  ...props
}: CalendarProps) {
  const base = getDefaultClassNames();
  const label = captionLayout === "label";
  return (
    <DayPicker
      data-slot="calendar"
      showOutsideDays={showOutsideDays}
      captionLayout={captionLayout}
      className={cn(
        "w-fit bg-background p-3 [--cell:--spacing(9)] in-data-[slot=card-content]:bg-transparent in-data-[slot=popover-content]:bg-transparent",
        className,
      )}
      classNames={{
        root: cn("w-fit", base.root),
        months: cn("relative flex flex-col gap-4 md:flex-row", base.months),
        month: cn("flex w-full flex-col gap-3", base.month),
        nav: cn("absolute inset-x-0 top-0 flex w-full items-center justify-between", base.nav),
        button_previous: cn(STEP, base.button_previous),
        button_next: cn(STEP, base.button_next),
        month_caption: cn(
          "flex h-(--cell) w-full items-center justify-center px-(--cell)",
          base.month_caption,
        ),
        dropdowns: cn("flex h-(--cell) items-center gap-1.5 text-sm font-medium", base.dropdowns),
        dropdown_root: cn(
          "relative rounded-md border border-input shadow-xs has-focus:border-ring has-focus:ring-[3px] has-focus:ring-ring/50",
          base.dropdown_root,
        ),
        dropdown: cn("absolute inset-0 bg-popover opacity-0", base.dropdown),
        caption_label: cn(
          "text-sm font-medium select-none",
          !label &&
            "flex h-8 items-center gap-1 rounded-md pr-1 pl-2 [&>svg]:size-3.5 [&>svg]:text-muted-foreground",
          base.caption_label,
        ),
        month_grid: cn("w-full border-collapse", base.month_grid),
        weekdays: cn("flex", base.weekdays),
        weekday: cn(
          "flex-1 rounded-md text-[0.8rem] font-normal text-muted-foreground select-none",
          base.weekday,
        ),
        week: cn("mt-1.5 flex w-full", base.week),
        week_number: cn(
          "w-(--cell) text-[0.8rem] text-muted-foreground select-none",
          base.week_number,
        ),
        day: cn(
          "group/day relative aspect-square h-full w-full p-0 text-center select-none",
          base.day,
        ),
        range_start: cn("rounded-l-md bg-accent", base.range_start),
        range_middle: cn("rounded-none bg-accent", base.range_middle),
        range_end: cn("rounded-r-md bg-accent", base.range_end),
        today: cn(
          "rounded-md bg-accent text-accent-foreground data-[selected=true]:bg-transparent",
          base.today,
        ),
        outside: cn("text-muted-foreground aria-selected:text-muted-foreground", base.outside),
        disabled: cn("text-muted-foreground opacity-50", base.disabled),
        hidden: cn("invisible", base.hidden),
        ...classNames,
      }}
      components={{
        Chevron: ({ className: own, orientation = "right" }) => {
          const Arrow = ARROWS[orientation];
          return <Arrow className={cn("size-4", own)} />;
        },
        DayButton: CalendarDayButton,
        ...components,
      }}
      {...props}
    />
  );
}

/** One day. */
export function CalendarDayButton({
  className,
  day,
  modifiers,
  ...props
}: ComponentProps<typeof DayButton>) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (modifiers.focused) button.current?.focus();
  }, [modifiers.focused]);
  const inRange = modifiers.range_start || modifiers.range_end || modifiers.range_middle;
  return (
    <button
      ref={button}
      type="button"
      data-slot="calendar-day"
      data-day={day.date.toLocaleDateString()}
      data-selected-single={modifiers.selected && !inRange ? true : undefined}
      data-range-start={modifiers.range_start ? true : undefined}
      data-range-end={modifiers.range_end ? true : undefined}
      data-range-middle={modifiers.range_middle ? true : undefined}
      className={cn(
        "flex aspect-square w-full min-w-(--cell) cursor-pointer flex-col items-center justify-center gap-1 rounded-md text-sm leading-none font-normal outline-none transition-colors hover:bg-accent hover:text-accent-foreground focus-visible:relative focus-visible:z-10 focus-visible:ring-[3px] focus-visible:ring-ring/50 disabled:pointer-events-none data-[range-end]:bg-primary data-[range-end]:text-primary-foreground data-[range-middle]:rounded-none data-[range-middle]:bg-accent data-[range-middle]:text-accent-foreground data-[range-start]:bg-primary data-[range-start]:text-primary-foreground data-[selected-single]:bg-primary data-[selected-single]:text-primary-foreground",
        className,
      )}
      {...props}
    />
  );
}
