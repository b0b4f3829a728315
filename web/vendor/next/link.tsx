// `next/link`
import type { ComponentProps } from "react";
import { go } from "./lib/place.ts";

type Target =
  | string
  | { pathname?: string | null; query?: Record<string, string>; hash?: string | null };

/** An address as text, from the parts that Next.js allows instead. */
function written(href: Target): string {
  if (typeof href === "string") return href;
  const query = new URLSearchParams(href.query).toString();
  return `${href.pathname ?? ""}${query && `?${query}`}${href.hash ?? ""}`;
}

/** A link that goes on without loading a page. */
export default function Link({
  href,
  replace,
  onClick,
  as: _as,
  scroll: _scroll,
  shallow: _shallow,
  prefetch: _prefetch,
  passHref: _passHref,
  legacyBehavior: _legacyBehavior,
  ...props
}: Omit<ComponentProps<"a">, "href"> & {
  href: Target;
  as?: string;
  replace?: boolean;
  scroll?: boolean;
  shallow?: boolean;
  prefetch?: boolean | null;
  passHref?: boolean;
  legacyBehavior?: boolean;
}) {
  const target = written(href);
  const inside = /^[/?#.]/.test(target);
  return (
    <a
      href={target}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || !inside || props.target === "_blank") return;
        event.preventDefault();
        go(target, replace);
      }}
      {...props}
    />
  );
}
