import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { text } from "../text";

const LEAST = 25;
const MOST = 75;
const STEP = 4;

/** Two panes side by side; the divider moves by pointer or by arrow keys. */
export function Split({
  left,
  right,
  show,
}: {
  left: ReactNode;
  right: ReactNode;
  /** What is seen; what is not stays as it is. */
  show: "left" | "right" | "both";
}) {
  const [share, setShare] = useState(48);
  const [dragging, setDragging] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const move = (to: number) => setShare(Math.min(MOST, Math.max(LEAST, Math.round(to))));
  const onKeyDown = (event: KeyboardEvent) => {
    const to: Record<string, number> = {
      ArrowLeft: share - STEP,
      ArrowRight: share + STEP,
      Home: LEAST,
      End: MOST,
    };
    const target = to[event.key];
    if (target === undefined) return;
    event.preventDefault();
    move(target);
  };
  const both = show === "both";
  return (
    <div ref={box} className="flex h-full min-h-0 min-w-0">
      <div
        className={show === "right" ? "hidden" : "h-full min-w-0"}
        style={{ width: both ? `${share}%` : "100%" }}
      >
        {left}
      </div>
      {both && (
        // biome-ignore lint/a11y/useSemanticElements: a focusable separator is a widget; <hr> is not
        <div
          role="separator"
          aria-orientation="vertical"
          aria-label={text.studio.divider}
          aria-valuenow={share}
          aria-valuemin={LEAST}
          aria-valuemax={MOST}
          tabIndex={0}
          className="group relative z-10 w-px shrink-0 cursor-col-resize touch-none bg-line outline-none after:absolute after:inset-y-0 after:-left-1.5 after:w-3 hover:bg-accent focus-visible:bg-accent focus-visible:shadow-[0_0_0_1px_var(--accent)]"
          onKeyDown={onKeyDown}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setDragging(true);
          }}
          onPointerMove={(event) => {
            const bounds = box.current?.getBoundingClientRect();
            if (dragging && bounds) move(((event.clientX - bounds.left) / bounds.width) * 100);
          }}
          onPointerUp={() => setDragging(false)}
          onPointerCancel={() => setDragging(false)}
        />
      )}
      {/* A frame would swallow the pointer while the divider is dragged over it. */}
      <div
        className={`min-w-0 flex-1 ${show === "left" ? "hidden" : "h-full"} ${dragging ? "pointer-events-none" : ""}`}
      >
        {right}
      </div>
    </div>
  );
}
