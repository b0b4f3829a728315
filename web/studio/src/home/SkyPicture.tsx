import { useId } from "react";
import { CUMULUS } from "../ui/Logo";

/** A small sky of its own for each app, always the same for the same `seed`; night when dark. */
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
  const hue = 200 + random() * 75;
  const warm = 20 + random() * 45;
  const sun = 40 + random() * 240;
  const clouds = [0, 1, 2].map((n) => ({
    n,
    x: -20 + n * 110 + random() * 60,
    y: random() * 34,
    scale: 1.1 + random() * 1.7,
    opacity: 0.3 + random() * 0.55,
  }));
  const glow = `oklch(0.97 0.07 ${warm + 30})`;
  return (
    <svg
      viewBox="0 0 320 96"
      preserveAspectRatio="xMidYMid slice"
      className={`${className} ${faded ? "opacity-50 grayscale-[.8]" : ""}`}
      aria-hidden="true"
      focusable="false"
    >
      <defs>
        <linearGradient id={`${id}s`} x1="0" y1="0" x2="0.25" y2="1">
          <stop
            offset="0"
            style={{ stopColor: `light-dark(oklch(0.79 0.09 ${hue}), oklch(0.28 0.075 ${hue}))` }}
          />
          <stop
            offset="1"
            style={{ stopColor: `light-dark(oklch(0.93 0.05 ${warm}), oklch(0.41 0.075 ${warm}))` }}
          />
        </linearGradient>
        <radialGradient id={`${id}l`}>
          <stop offset="0" stopColor={glow} stopOpacity="0.95" />
          <stop offset="1" stopColor={glow} stopOpacity="0" />
        </radialGradient>
      </defs>
      <rect width="320" height="96" fill={`url(#${id}s)`} />
      <circle cx={sun} cy="92" r="76" fill={`url(#${id}l)`} className="dark:opacity-35" />
      <g fill="#fff" className="dark:opacity-30">
        {clouds.map((cloud) => (
          <path
            key={cloud.n}
            d={CUMULUS}
            opacity={cloud.opacity}
            transform={`translate(${cloud.x} ${cloud.y}) scale(${cloud.scale * 1.35} ${cloud.scale})`}
          />
        ))}
      </g>
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
