import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from "react";

export type ButtonLook = "primary" | "plain" | "quiet" | "danger";

interface Look {
  look?: ButtonLook;
  size?: "small" | "normal";
  icon?: ReactNode;
}

const BASE =
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-lg font-medium whitespace-nowrap transition-colors select-none disabled:opacity-50";

const SIZES = { small: "h-8 px-2.5 text-[13px]", normal: "h-9.5 px-3.5 text-sm" };

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-ink text-bg enabled:hover:bg-ink/85 hover:bg-ink/85",
  plain: "border border-line-strong bg-surface text-ink hover:bg-sunken",
  quiet: "text-muted hover:bg-ink/6 hover:text-ink",
  danger: "bg-bad text-surface hover:bg-bad/85",
};

/** The classes of a button, for links that look like one. */
export function buttonClass({ look = "plain", size = "normal" }: Look = {}): string {
  return `${BASE} ${SIZES[size]} ${LOOKS[look]}`;
}

export function Button({
  look = "plain",
  size = "normal",
  icon,
  className = "",
  children,
  type = "button",
  ...rest
}: Look & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button type={type} className={`${buttonClass({ look, size })} ${className}`} {...rest}>
      {icon}
      {children}
    </button>
  );
}

export function LinkButton({
  look = "plain",
  size = "normal",
  icon,
  className = "",
  children,
  ...rest
}: Look & AnchorHTMLAttributes<HTMLAnchorElement>) {
  return (
    <a className={`${buttonClass({ look, size })} ${className}`} {...rest}>
      {icon}
      {children}
    </a>
  );
}

/** A button that is only an icon; `label` is its name and its tooltip. */
export function IconButton({
  label,
  icon,
  className = "",
  pressed,
  ...rest
}: {
  label: string;
  icon: ReactNode;
  pressed?: boolean;
} & ButtonHTMLAttributes<HTMLButtonElement>) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      className={`inline-grid size-8 shrink-0 place-items-center rounded-lg text-muted transition-colors hover:bg-ink/6 hover:text-ink disabled:opacity-40 aria-pressed:bg-accent-soft aria-pressed:text-accent ${className}`}
      {...rest}
    >
      {icon}
    </button>
  );
}
