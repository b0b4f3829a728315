import { useId } from "react";

/** A towering cloud, and the first light below it. */
export function CloudMark({ className = "size-7" }: { className?: string }) {
  const fill = useId();
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true" focusable="false">
      <defs>
        <linearGradient id={fill} gradientUnits="userSpaceOnUse" x1="13" y1="2" x2="18" y2="31">
          <stop offset="0" stopColor="#3a67ec" />
          <stop offset=".62" stopColor="#7d9dff" />
          <stop offset=".86" stopColor="#ff9f5c" />
        </linearGradient>
      </defs>
      <g fill={`url(#${fill})`}>
        <path d={CLOUD} />
        <path d={HORIZON} />
      </g>
    </svg>
  );
}

/** The cloud of the mark, in a box of 32 by 32; below it lies the first light on the horizon. */
const CLOUD = "M8.6 21.5A6.1 6.1 0 0 1 7.4 9.5 8.7 8.7 0 0 1 23 7.6a7 7 0 0 1 .9 13.9Z";
const HORIZON =
  "M6.8 24h18.4a1.2 1.2 0 0 1 0 2.4H6.8a1.2 1.2 0 0 1 0-2.4Zm4.5 4.1h9.4a1.2 1.2 0 0 1 0 2.4h-9.4a1.2 1.2 0 0 1 0-2.4Z";

/** A fair-weather cloud in a box of 32 by 32, lying on y = 28. */
export const CUMULUS =
  "M8 28a5.5 5.5 0 0 1-1.3-10.8A5.2 5.2 0 0 1 11.5 13a7 7 0 0 1 10.7 1.2 4.6 4.6 0 0 1 3.5 4.1A5 5 0 0 1 24.5 28Z";
