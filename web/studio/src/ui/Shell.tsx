import { Monitor, Moon, Settings, Sun } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { text } from "../text";
import { IconButton } from "./Button";
import { CloudMark } from "./Logo";
import { type Theme, useTheme } from "./theme";

/** The frame of the pages that are read: a bar on top, and the content in the middle. */
export function Shell({
  title,
  children,
  wide = false,
}: {
  title: string;
  children: ReactNode;
  wide?: boolean;
}) {
  useTitle(title);
  const link =
    "rounded-lg px-2.5 py-1.5 text-sm text-muted transition-colors hover:bg-ink/6 hover:text-ink aria-[current]:text-ink";
  const here = (path: string) => (location.pathname === path ? ("page" as const) : undefined);
  return (
    <div className="relative isolate flex min-h-dvh flex-col">
      <SkipLink />
      <header className="mx-auto flex w-full max-w-6xl items-center gap-2 px-4 py-3 sm:px-6">
        <a
          href="/"
          aria-label={text.nav.home}
          className="mr-auto flex items-center gap-2.5 rounded-lg py-1 pr-2 font-semibold tracking-tight"
        >
          <CloudMark />
          <span>{text.product}</span>
        </a>
        <nav aria-label={text.nav.label} className="flex items-center gap-1">
          <a href="/" aria-current={here("/")} className={`${link} hidden sm:block`}>
            {text.nav.apps}
          </a>
          <a
            href="/settings"
            aria-current={here("/settings")}
            aria-label={text.nav.settings}
            className={link}
          >
            <Settings className="size-4.5 sm:hidden" aria-hidden />
            <span className="hidden sm:inline">{text.nav.settings}</span>
          </a>
        </nav>
        <ThemeToggle />
      </header>
      <main
        id="content"
        tabIndex={-1}
        className={`mx-auto w-full flex-1 px-4 pb-24 outline-none sm:px-6 ${wide ? "max-w-6xl" : "max-w-3xl"}`}
      >
        {children}
      </main>
    </div>
  );
}

export function SkipLink() {
  return (
    <a
      href="#content"
      className="absolute top-2 left-2 z-50 -translate-y-20 rounded-lg bg-ink px-3 py-2 text-sm text-bg focus:translate-y-0"
    >
      {text.skip}
    </a>
  );
}

const NEXT: Record<Theme, Theme> = { system: "light", light: "dark", dark: "system" };

export function ThemeToggle() {
  const [theme, setTheme] = useTheme();
  const icons = {
    system: <Monitor className="size-4.5" aria-hidden />,
    light: <Sun className="size-4.5" aria-hidden />,
    dark: <Moon className="size-4.5" aria-hidden />,
  };
  return (
    <IconButton
      label={text.theme.toggle(text.theme[theme])}
      icon={icons[theme]}
      onClick={() => setTheme(NEXT[theme])}
    />
  );
}

/** Names the page in the window's title. */
export function useTitle(page: string) {
  useEffect(() => {
    document.title = page === text.product ? page : text.title(page);
  }, [page]);
}

/** Words for a moment of waiting, shown only when it lasts. */
export function Waiting({ children, className = "" }: { children: string; className?: string }) {
  return (
    <p role="status" className={`flex items-center gap-2.5 text-sm text-muted ${className}`}>
      <span className="breathe size-2 rounded-full bg-accent" aria-hidden />
      {children}
    </p>
  );
}
