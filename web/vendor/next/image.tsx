// `next/image`
import type { ComponentProps } from "react";

type Source = string | { src: string; width?: number; height?: number };

/** A picture; there is no server that could resize it, so it is shown as it is. */
export default function Image({
  src,
  alt,
  fill,
  width,
  height,
  style,
  priority,
  loader: _loader,
  quality: _quality,
  placeholder: _placeholder,
  blurDataURL: _blurDataURL,
  unoptimized: _unoptimized,
  onLoadingComplete,
  onLoad,
  ...props
}: Omit<ComponentProps<"img">, "src"> & {
  src: Source | { default: Source };
  fill?: boolean;
  priority?: boolean;
  loader?: unknown;
  quality?: number | string;
  placeholder?: string;
  blurDataURL?: string;
  unoptimized?: boolean;
  onLoadingComplete?: (image: HTMLImageElement) => void;
}) {
  const source = typeof src === "object" && "default" in src ? src.default : src;
  const known = typeof source === "string" ? { src: source } : source;
  return (
    <img
      src={known.src}
      alt={alt ?? ""}
      width={fill ? undefined : (width ?? known.width)}
      height={fill ? undefined : (height ?? known.height)}
      loading={priority ? "eager" : "lazy"}
      style={
        fill ? { position: "absolute", inset: 0, width: "100%", height: "100%", ...style } : style
      }
      onLoad={(event) => {
        onLoad?.(event);
        onLoadingComplete?.(event.currentTarget);
      }}
      {...props}
    />
  );
}
