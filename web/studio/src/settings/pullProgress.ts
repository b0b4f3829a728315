// How fast a model comes, from what has come.
import type { Pull } from "../api/llm";

/** How much had come at a moment. `at` in milliseconds. */
export interface Sample {
  at: number;
  completed: number;
}

/** A model that is being fetched, with the moments that tell its speed. */
export interface PullState extends Pull {
  samples: readonly Sample[];
}

/** The speed is that of so many milliseconds: steady enough to read, quick enough to be true. */
const WINDOW_MS = 8000;

/** Takes in what the server says at `now`. */
export function withProgress(before: PullState | undefined, pull: Pull, now: number): PullState {
  const kept = (before?.samples ?? []).filter((sample) => now - sample.at <= WINDOW_MS);
  // A part that begins again has less than before: the speed starts over.
  const last = kept.at(-1);
  const steady = last && pull.completed !== null && pull.completed < last.completed ? [] : kept;
  return {
    ...pull,
    samples: pull.completed === null ? steady : [...steady, { at: now, completed: pull.completed }],
  };
}

/** Bytes a second; nothing until there is enough to tell. */
export function rateOf({ samples }: PullState): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.at - first.at < 1000) return null;
  const rate = ((last.completed - first.completed) * 1000) / (last.at - first.at);
  return rate > 0 ? rate : null;
}

/** 0 to 1; nothing while the size is not known. */
export function shareOf({ completed, total }: Pull): number | null {
  if (completed === null || total === null || total <= 0) return null;
  return Math.min(1, completed / total);
}

/** How long the rest takes at this speed, in milliseconds. */
export function leftMs(pull: PullState): number | null {
  const rate = rateOf(pull);
  if (rate === null || pull.completed === null || pull.total === null) return null;
  return (Math.max(0, pull.total - pull.completed) * 1000) / rate;
}
