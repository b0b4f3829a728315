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
    let frame = 0;
    const stop = () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
    const disarm = () => {
      stop();
      setArmed(false);
      // The second frame comes when the first has been drawn: on a slow machine that is when the
      // question is seen, and not when it was put into the page.
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(() => {
          timer = setTimeout(setArmed, ARMING_MS, true);
        });
      });
    };
    disarm();
    window.addEventListener("focus", disarm);
    window.addEventListener("resize", disarm);
    document.addEventListener("visibilitychange", disarm);
    return () => {
      stop();
      window.removeEventListener("focus", disarm);
      window.removeEventListener("resize", disarm);
      document.removeEventListener("visibilitychange", disarm);
    };
  }, []);
  return armed;
}
