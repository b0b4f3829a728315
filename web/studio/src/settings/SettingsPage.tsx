import type { ReactNode } from "react";
import { signOut } from "../api/client";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Inline } from "../ui/Prose";
import { Shell } from "../ui/Shell";
import { toastFailure } from "../ui/Toasts";
import { type Theme, useTheme } from "../ui/theme";
import { LLMProviderSettings } from "./LLMProviderSettings";
import { PermissionSettings } from "./PermissionSettings";

export function SettingsPage() {
  return (
    <Shell title={text.settings.title}>
      <h1 className="mt-8 text-2xl font-semibold sm:mt-12">{text.settings.title}</h1>
      <p className="mt-1 text-muted">{text.settings.lead}</p>
      <div className="mt-8 space-y-10">
        <LLMProviderSettings />
        <PermissionSettings />
        <Section title={text.settings.appearance} note={text.settings.appearanceNote}>
          <Appearance />
        </Section>
        <Section title={text.settings.later} note={text.settings.laterNote} />
        <Section title={text.settings.session} note="">
          <Button
            onClick={() => {
              signOut().then(() => location.assign("/"), toastFailure);
            }}
          >
            {text.settings.signOut}
          </Button>
        </Section>
      </div>
    </Shell>
  );
}

export function Section({
  title,
  note,
  action,
  children,
}: {
  title: string;
  note: string;
  action?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section>
      <div className="mb-3 flex items-end justify-between gap-4 max-sm:flex-col max-sm:items-start">
        <div className="min-w-0 max-w-xl">
          <h2 className="font-semibold">{title}</h2>
          {note && (
            <p className="text-sm text-muted">
              <Inline>{note}</Inline>
            </p>
          )}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}

const THEMES: readonly Theme[] = ["system", "light", "dark"];

function Appearance() {
  const [theme, setTheme] = useTheme();
  return (
    <fieldset className="inline-flex rounded-lg bg-ink/6 p-0.5">
      <legend className="sr-only">{text.theme.label}</legend>
      {THEMES.map((value) => (
        <label
          key={value}
          className="relative flex h-8 cursor-pointer items-center rounded-md px-3.5 text-sm text-muted transition-colors has-checked:bg-surface has-checked:font-medium has-checked:text-ink has-checked:shadow-[0_1px_2px_rgb(0_0_0/10%)] has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="theme"
            className="sr-only"
            checked={theme === value}
            onChange={() => setTheme(value)}
          />
          {text.theme[value]}
        </label>
      ))}
    </fieldset>
  );
}
