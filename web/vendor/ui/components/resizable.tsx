import type { ComponentProps } from "react";
import * as Panels from "react-resizable-panels";
import { Grip } from "../lib/icons.tsx";
import { part } from "../lib/part.tsx";
import { cn } from "../lib/utils.ts";

/** Panels with an edge between them that can be moved. */
export const ResizablePanelGroup = part(
  Panels.PanelGroup,
  "resizable-panel-group",
  "flex h-full w-full data-[panel-group-direction=vertical]:flex-col",
);
export const ResizablePanel = Panels.Panel;

export function ResizableHandle({
  withHandle,
  className,
  ...props
}: ComponentProps<typeof Panels.PanelResizeHandle> & { withHandle?: boolean }) {
  return (
    <Panels.PanelResizeHandle
      data-slot="resizable-handle"
      className={cn(
        "relative flex w-px items-center justify-center bg-border outline-none after:absolute after:inset-y-0 after:left-1/2 after:w-2 after:-translate-x-1/2 focus-visible:ring-2 focus-visible:ring-ring data-[panel-group-direction=vertical]:h-px data-[panel-group-direction=vertical]:w-full data-[panel-group-direction=vertical]:after:inset-x-0 data-[panel-group-direction=vertical]:after:top-1/2 data-[panel-group-direction=vertical]:after:bottom-auto data-[panel-group-direction=vertical]:after:left-0 data-[panel-group-direction=vertical]:after:h-2 data-[panel-group-direction=vertical]:after:w-full data-[panel-group-direction=vertical]:after:translate-x-0 data-[panel-group-direction=vertical]:after:-translate-y-1/2 data-[panel-group-direction=vertical]:[&>div]:rotate-90",
        className,
      )}
      {...props}
    >
      {withHandle && (
        <div className="z-10 flex h-5 w-3 items-center justify-center rounded-sm border bg-border text-muted-foreground">
          <Grip className="size-3" />
        </div>
      )}
    </Panels.PanelResizeHandle>
  );
}
