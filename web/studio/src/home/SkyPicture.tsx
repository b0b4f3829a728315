import { useId } from "react";
import { CLOUD } from "../ui/Logo";

/** A small sky of its own for each app, always the same for the same `seed`. */
export function SkyPicture({
  seed,
  className,
  faded,
}: {
  seed: string;
  className: string;
  faded: boolean;
}) {
  const id = useId();
  const random = randomFrom(seed);
  const hue = 205 + random() * 60;
  const warm = 20 + random() * 40;
  const sun = 40 + random() * 240;
  const clouds = [0, 1, 2].map((n) => ({
    n,
    x: 10 + n * 105 + random() * 50,
    y: 16 + random() * 34,
    scale: 1 + random() * 1.5,
    opacity: 0.35 + random() * 0.45,
  }));
  return (
    <svg
      viewBox="0 0 320 96"
      preserveAspectRatio="xMidYMid slice"
      className={`${className} dark:brightness-[.62] dark:saturate-[.85] ${faded ? "opacity-45 grayscale-[.7]" : ""}`}
      aria-hidden="true"
      focusable="false"
    >
      <defs>
        <linearGradient id={`${id}s`} x1="0" y1="0" x2="0.25" y2="1">
          <stop offset="0" stopColor={`oklch(0.78 0.09 ${hue})`} />
          <stop offset="1" stopColor={`oklch(0.92 0.05 ${warm})`} />
        </linearGradient>
        <radialGradient id={`${id}l`}>
          <stop offset="0" stopColor={`oklch(0.97 0.06 ${warm + 30})`} />
          <stop offset="1" stopColor={`oklch(0.97 0.06 ${warm + 30} / 0)`} />
        </radialGradient>
      </defs>
      <rect width="320" height="96" fill={`url(#${id}s)`} />
      <circle cx={sun} cy="88" r="78" fill={`url(#${id}l)`} />
      {clouds.map((cloud) => (
        <path
          key={cloud.n}
          d={CLOUD}
          fill="#fff"
          opacity={cloud.opacity}
          transform={`translate(${cloud.x} ${cloud.y}) scale(${cloud.scale * 1.5} ${cloud.scale})`}
        />
      ))}
    </svg>
  );
}

/** Numbers from 0 to 1 that depend on nothing but the seed (FNV-1a, then xorshift). */
function randomFrom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (let at = 0; at < seed.length; at += 1) {
    state = Math.imul(state ^ seed.charCodeAt(at), 0x01000193);
  }
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4_294_967_296;
  };
}
