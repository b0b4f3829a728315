// What menus, lists and other floating surfaces look like, in one place.

/** Fades and grows in from the side that it hangs on, and back. */
export const MOTION =
  "data-[state=open]:animate-in data-[state=open]:fade-in-0 data-[state=open]:zoom-in-95 data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=closed]:zoom-out-95 data-[side=bottom]:slide-in-from-top-2 data-[side=top]:slide-in-from-bottom-2 data-[side=left]:slide-in-from-right-2 data-[side=right]:slide-in-from-left-2";

/** A surface above the page. */
export const SURFACE =
  "z-50 rounded-lg border bg-popover text-popover-foreground shadow-lg outline-none";

/** A surface that lists things to choose from. */
export const LIST = `${SURFACE} min-w-36 overflow-x-hidden overflow-y-auto p-1`;

/** One thing to choose. */
export const ITEM =
  "relative flex cursor-default select-none items-center gap-2 rounded-md px-2 py-1.5 text-sm outline-none transition-colors focus:bg-accent focus:text-accent-foreground data-[disabled]:pointer-events-none data-[disabled]:opacity-50 [&_svg]:pointer-events-none [&_svg]:shrink-0 [&_svg:not([class*='size-'])]:size-4 [&_svg:not([class*='text-'])]:text-muted-foreground";

/** One thing that is removed or ends something. */
export const DESTRUCTIVE =
  "data-[variant=destructive]:text-destructive data-[variant=destructive]:focus:bg-destructive/10 data-[variant=destructive]:focus:text-destructive data-[variant=destructive]:[&_svg]:text-destructive!";

/** Room at the start for a mark, or to align with things that have one. */
export const INSET = "data-[inset]:pl-8";

/** The mark at the start of a chosen thing. */
export const MARK = "absolute left-2 flex size-4 items-center justify-center [&_svg]:text-current!";

export const LABEL = "px-2 py-1.5 text-xs font-medium text-muted-foreground";
export const SEPARATOR = "-mx-1 my-1 h-px bg-border";
export const SHORTCUT = "ml-auto pl-4 text-xs tracking-widest text-muted-foreground";
