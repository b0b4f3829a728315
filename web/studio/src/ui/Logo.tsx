import { useId } from "react";

/** The cloud with its anvil: wide above, built up from below. */
export function CloudMark({ className = "size-7" }: { className?: string }) {
  const fill = useId();
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true" focusable="false">
      <defs>
        <linearGradient id={fill} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor="#3d6df2" />
          <stop offset=".62" stopColor="#7ea2ff" />
          <stop offset="1" stopColor="#ffb27d" />
        </linearGradient>
      </defs>
      <path fill={`url(#${fill})`} d={CLOUD} />
    </svg>
  );
}

/** The outline in a box of 32 by 32. */
export const CLOUD =
  "M7.2 4.5h17.6c2.3 0 4 1.5 4 3.4 0 1.8-1.5 3.2-3.5 3.3-.9 0-1.5.7-1.3 1.6l.3 1.2c3.1.5 5.4 3 5.4 6 0 3.5-3 6.3-6.7 6.3H9c-3.7 0-6.7-2.8-6.7-6.3 0-3 2.2-5.5 5.2-6.1l.4-1.1c.2-.9-.4-1.6-1.3-1.6-2-.1-3.4-1.5-3.4-3.3 0-1.9 1.7-3.4 4-3.4Z";
