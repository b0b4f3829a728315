import { Tabs as Radix } from "radix-ui";
import { part } from "../lib/part.tsx";

/** Pages of which one is shown. */
export const Tabs = part(Radix.Root, "tabs", "flex flex-col gap-2");
export const TabsList = part(
  Radix.List,
  "tabs-list",
  "inline-flex h-9 w-fit max-w-full items-center justify-center overflow-x-auto rounded-lg bg-muted p-[3px] text-muted-foreground",
);
export const TabsTrigger = part(
  Radix.Trigger,
  "tabs-trigger",
  "inline-flex h-full flex-1 items-center justify-center gap-1.5 rounded-md border border-transparent px-3 py-1 text-sm font-medium whitespace-nowrap outline-none transition-[color,box-shadow] focus-visible:border-ring focus-visible:ring-[3px] focus-visible:ring-ring/50 disabled:pointer-events-none disabled:opacity-50 data-[state=active]:bg-background data-[state=active]:text-foreground data-[state=active]:shadow-sm dark:data-[state=active]:border-input dark:data-[state=active]:bg-input/30 [&_svg]:pointer-events-none [&_svg]:shrink-0 [&_svg:not([class*='size-'])]:size-4",
);
export const TabsContent = part(Radix.Content, "tabs-content", "flex-1 outline-none");
