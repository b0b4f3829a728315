// The few signs that the set itself draws, so that a button does not load an icon library.
import type { ComponentProps } from "react";

function sign(...paths: string[]) {
  return function Sign(props: ComponentProps<"svg">) {
    return (
      <svg
        viewBox="0 0 24 24"
        width={16}
        height={16}
        fill="none"
        stroke="currentColor"
        strokeWidth={2}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        {...props}
      >
        {paths.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
    );
  };
}

export const Check = sign("M5 12.5 10 17.5 19.5 7");
export const Minus = sign("M6 12H18");
export const Cross = sign("M6 6 18 18", "M18 6 6 18");
export const ChevronDown = sign("M6 9.5 12 15.5 18 9.5");
export const ChevronUp = sign("M6 14.5 12 8.5 18 14.5");
export const ChevronLeft = sign("M14.5 6 8.5 12 14.5 18");
export const ChevronRight = sign("M9.5 6 15.5 12 9.5 18");
export const ChevronsUpDown = sign("M7.5 15 12 19.5 16.5 15", "M7.5 9 12 4.5 16.5 9");
export const ArrowLeft = sign("M19 12H5", "M11 6 5 12 11 18");
export const ArrowRight = sign("M5 12H19", "M13 6 19 12 13 18");
export const Dots = sign("M5.5 12h.01", "M12 12h.01", "M18.5 12h.01");
export const Grip = sign(
  "M9 6v.01",
  "M9 12v.01",
  "M9 18v.01",
  "M15 6v.01",
  "M15 12v.01",
  "M15 18v.01",
);
export const Glass = sign("M17 10.5a6.5 6.5 0 1 1-13 0a6.5 6.5 0 1 1 13 0", "M15.5 15.5 20 20");
export const SidePanel = sign(
  "M5.5 4h13A1.5 1.5 0 0 1 20 5.5v13a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18.5v-13A1.5 1.5 0 0 1 5.5 4Z",
  "M9.5 4V20",
);
export const Turning = sign("M12 3.5a8.5 8.5 0 1 0 8.5 8.5");

/** A filled dot, the mark of what is chosen of several. */
export function Dot(props: ComponentProps<"svg">) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={16}
      height={16}
      fill="currentColor"
      aria-hidden="true"
      {...props}
    >
      <circle cx="12" cy="12" r="5" />
    </svg>
  );
}
