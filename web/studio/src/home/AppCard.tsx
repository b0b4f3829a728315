import { PanelsTopLeft, Pencil, Trash2 } from "lucide-react";
import type { App, Generation } from "../api/types";
import { LocalOnlyBadge } from "../create/Where";
import { appPath, studioPath } from "../router";
import { text } from "../text";
import { ago, moment } from "../ui/format";
import { Menu } from "../ui/Menu";
import { type LastRun, lastRun } from "./lastRun";
import { SkyPicture } from "./SkyPicture";

export function AppCard({
  app,
  generation,
  onRename,
  onDelete,
}: {
  app: App;
  generation: Generation | undefined;
  onRename: () => void;
  onDelete: () => void;
}) {
  const href = app.head ? appPath(app.id) : studioPath(app.id, generation?.id);
  return (
    <li className="relative flex flex-col has-[[aria-expanded=true]]:z-20 rounded-2xl border border-line bg-surface shadow-card transition-[border-color,box-shadow] focus-within:border-line-strong hover:border-line-strong hover:shadow-high">
      <SkyPicture seed={app.id} className="h-24 w-full rounded-t-[15px]" faded={!app.head} />
      <div className="flex flex-1 flex-col px-4 pt-3 pb-3.5">
        <div className="flex items-start gap-2">
          <h3 className="min-w-0 flex-1 font-medium leading-snug">
            <a
              href={href}
              className="line-clamp-2 after:absolute after:inset-0 after:rounded-2xl focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-accent"
            >
              {app.name}
            </a>
          </h3>
          {app.localOnly && <LocalOnlyBadge short />}
          {app.sample && (
            <span className="rounded-md bg-ember-soft px-1.5 py-px text-xs font-medium text-ember">
              {text.home.sample}
            </span>
          )}
        </div>
        <p className="mt-1 line-clamp-2 text-[13px] text-muted">{app.description}</p>
        <div className="mt-auto flex items-center gap-2 pt-3 text-xs text-faint">
          <State app={app} running={generation !== undefined} />
          <span aria-hidden>·</span>
          <span className="truncate">
            {app.executionMode === "schema" ? text.home.schema : text.home.freeform}
          </span>
          <span aria-hidden>·</span>
          <time
            dateTime={app.updatedAt}
            title={text.home.changed(moment(app.updatedAt))}
            className="truncate"
          >
            {ago(app.updatedAt)}
          </time>
        </div>
      </div>
      <div className="absolute top-2 right-2 rounded-lg bg-surface/85 backdrop-blur-sm">
        <Menu
          label={text.home.menu(app.name)}
          items={[
            {
              label: text.actions.studio,
              icon: <PanelsTopLeft className="size-4" aria-hidden />,
              href: studioPath(app.id),
            },
            {
              label: text.actions.rename,
              icon: <Pencil className="size-4" aria-hidden />,
              onSelect: onRename,
            },
            {
              label: text.actions.remove,
              icon: <Trash2 className="size-4" aria-hidden />,
              danger: true,
              onSelect: onDelete,
            },
          ]}
        />
      </div>
    </li>
  );
}

/** What is known of an app that builds: whether it also runs. */
const RUNS: Record<LastRun | "unknown", { dot: string; words: string; note: string | undefined }> =
  {
    ready: { dot: "bg-good", words: text.home.ready, note: undefined },
    blank: { dot: "bg-ember", words: text.home.blank, note: text.home.blankNote },
    error: { dot: "bg-bad", words: text.home.broken, note: text.home.brokenNote },
    unknown: { dot: "bg-line-strong", words: text.home.built, note: text.home.builtNote },
  };

function State({ app, running }: { app: App; running: boolean }) {
  const { dot, words, note } = running
    ? { dot: "bg-ember breathe", words: text.home.generating, note: undefined }
    : app.head
      ? RUNS[lastRun(app.head) ?? "unknown"]
      : { dot: "bg-line-strong", words: text.home.draft, note: text.home.draftNote };
  return (
    <span className="flex shrink-0 items-center gap-1.5" title={note}>
      <span className={`size-1.5 rounded-full ${dot}`} aria-hidden />
      {words}
    </span>
  );
}
