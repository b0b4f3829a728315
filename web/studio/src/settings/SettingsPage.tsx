import type { ReactNode } from "react";
import { signOut } from "../api/client";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Inline } from "../ui/Prose";
import { Segmented } from "../ui/Segmented";
import { Shell } from "../ui/Shell";
import { toastFailure } from "../ui/Toasts";
import { useTheme } from "../ui/theme";
import { ModelSettings } from "./ModelSettings";
import { PermissionSettings } from "./PermissionSettings";

/** What a person can choose: who writes, what apps may do, how this looks. */
export default function SettingsPage() {
  return (
    <Shell title={text.settings.title}>
      <h1 className="mt-8 text-2xl font-semibold sm:mt-12">{text.settings.title}</h1>
      <p className="mt-1 text-muted">{text.settings.lead}</p>
      <div className="mt-8 space-y-10">
        <ModelSettings />
        <PermissionSettings />
        <Section title={text.settings.appearance} note={text.settings.appearanceNote}>
          <Appearance />
        </Section>
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

function Appearance() {
  const [theme, setTheme] = useTheme();
  return (
    <Segmented
      label={text.theme.label}
      choices={[
        ["system", text.theme.system],
        ["light", text.theme.light],
        ["dark", text.theme.dark],
      ]}
      value={theme}
      onChange={setTheme}
    />
  );
}
