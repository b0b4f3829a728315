// Node's `path`, for paths with slashes.

export const sep = "/";
export const delimiter = ":";

/** The path without `.`, `..` and doubled slashes. */
export function normalize(path: string): string {
  const absolute = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== ".." || (!absolute && (parts.length === 0 || parts.at(-1) === "..")))
      parts.push(part);
    else parts.pop();
  }
  const joined = parts.join("/");
  if (absolute) return `/${joined}`;
  return joined === "" ? "." : joined;
}

export const isAbsolute = (path: string): boolean => path.startsWith("/");
export const join = (...paths: string[]): string => normalize(paths.filter(Boolean).join("/"));

/** The last absolute path of these and all after it, from the top. */
export function resolve(...paths: string[]): string {
  let whole = "";
  for (const path of paths) whole = isAbsolute(path) ? path : `${whole}/${path}`;
  return normalize(`/${whole}`);
}

export function dirname(path: string): string {
  const at = path.replace(/\/+$/, "").lastIndexOf("/");
  if (at < 0) return ".";
  return path.slice(0, at) || "/";
}

export function basename(path: string, suffix = ""): string {
  const name = path.replace(/\/+$/, "").split("/").at(-1) ?? "";
  return suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

export function extname(path: string): string {
  const name = basename(path);
  const at = name.lastIndexOf(".");
  return at > 0 ? name.slice(at) : "";
}

export function parse(path: string) {
  const base = basename(path);
  const ext = extname(path);
  return {
    root: isAbsolute(path) ? "/" : "",
    dir: path.includes("/") ? dirname(path) : "",
    base,
    ext,
    name: basename(base, ext),
  };
}

export default {
  sep,
  delimiter,
  normalize,
  isAbsolute,
  join,
  resolve,
  dirname,
  basename,
  extname,
  parse,
};
