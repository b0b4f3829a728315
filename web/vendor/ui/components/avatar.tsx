import { Avatar as Radix } from "radix-ui";
import { part } from "../lib/part.tsx";

/** A person's picture, or their initials where there is none. */
export const Avatar = part(
  Radix.Root,
  "avatar",
  "relative flex size-9 shrink-0 overflow-hidden rounded-full",
);
export const AvatarImage = part(
  Radix.Image,
  "avatar-image",
  "aspect-square size-full object-cover",
);
export const AvatarFallback = part(
  Radix.Fallback,
  "avatar-fallback",
  "flex size-full items-center justify-center rounded-full bg-muted text-sm font-medium text-muted-foreground",
);
