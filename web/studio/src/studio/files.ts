import type { FileProgress, StreamFile } from "../stream/reduce";

/** The files of a version that is kept, as one piece each. */
export function keptFiles(
  versionId: string,
  files: Readonly<Record<string, string>>,
): StreamFile[] {
  return Object.keys(files)
    .sort(byImportance)
    .map((path) => ({
      path,
      state: "idle" as FileProgress,
      epoch: `version:${versionId}`,
      pieces: [files[path] ?? ""],
      count: 1,
    }));
}

/** The files that were there, with those that a generation wrote laid over them. */
export function overlay(
  kept: readonly StreamFile[],
  written: readonly StreamFile[],
): readonly StreamFile[] {
  if (kept.length === 0) return written;
  const over = new Map(written.map((file) => [file.path, file]));
  // A first version: its files keep the order in which they were written.
  if (kept.every((file) => over.has(file.path))) return written;
  const merged = kept.map((file) => {
    const newer = over.get(file.path);
    over.delete(file.path);
    if (!newer) return file;
    // The text that a removed file had is still worth reading.
    return newer.state === "removed" ? { ...file, state: newer.state } : newer;
  });
  return [...merged, ...over.values()];
}

function byImportance(a: string, b: string): number {
  return rank(a) - rank(b) || a.localeCompare(b);
}

function rank(path: string): number {
  if (/(^|\/)App\.[jt]sx?$/.test(path)) return 0;
  if (/\.[jt]sx?$/.test(path)) return 1;
  return 2;
}
