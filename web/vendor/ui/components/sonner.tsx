import type { CSSProperties } from "react";
import { Toaster as Sonner, type ToasterProps } from "sonner";
import { useTheme } from "../hooks/use-theme.ts";

/** Draws the messages that `toast` of sonner shows. */
export function Toaster({ toastOptions, ...props }: ToasterProps) {
  const theme = useTheme();
  return (
    <Sonner
      theme={theme}
      className="toaster group"
      style={{ "--border-radius": "var(--radius)" } as CSSProperties}
      toastOptions={{
        ...toastOptions,
        classNames: {
          toast:
            "not-data-[rich-colors=true]:border-border! not-data-[rich-colors=true]:bg-popover! not-data-[rich-colors=true]:text-popover-foreground!",
          description: "text-muted-foreground!",
          actionButton: "bg-primary! text-primary-foreground!",
          cancelButton: "bg-muted! text-muted-foreground!",
          ...toastOptions?.classNames,
        },
      }}
      {...props}
    />
  );
}

export { toast } from "sonner";
