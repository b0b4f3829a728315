import { useEffect, useState } from "react";

/** How long a question must have been in front of the person before it takes an answer. */
export const ARMING_MS = 500;

/**
 * Whether a question takes its answer by now: half a second after it appeared, and again after the
 * window came back to the front, so that a click meant for something else hits nothing.
 */
export function useArmed(): boolean {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const disarm = () => {
      clearTimeout(timer);
      setArmed(false);
      timer = setTimeout(setArmed, ARMING_MS, true);
    };
    disarm();
    window.addEventListener("focus", disarm);
    window.addEventListener("resize", disarm);
    document.addEventListener("visibilitychange", disarm);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("focus", disarm);
      window.removeEventListener("resize", disarm);
      document.removeEventListener("visibilitychange", disarm);
    };
  }, []);
  return armed;
}
