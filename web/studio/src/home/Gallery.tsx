import { Search, X } from "lucide-react";
import { useState } from "react";
import { deleteApp, renameApp, undeleteApp } from "../api/client";
import type { App, Generation } from "../api/types";
import type { Resource } from "../api/useResource";
import { text } from "../text";
import { Button, IconButton } from "../ui/Button";
import { CloudMark } from "../ui/Logo";
import { Failure } from "../ui/Notice";
import { Waiting } from "../ui/Shell";
import { toast, toastFailure } from "../ui/Toasts";
import { AppCard } from "./AppCard";
import { RenameDialog } from "./RenameDialog";

/** Fewer apps than this are found by looking. */
const SEARCH_FROM = 7;

/** The person's apps. */
export function Gallery({
  apps,
  running,
}: {
  apps: Resource<App[]>;
  running: readonly Generation[];
}) {
  const [query, setQuery] = useState("");
  const [renaming, setRenaming] = useState<App>();
  const all = apps.data ?? [];
  const wanted = query.trim().toLocaleLowerCase();
  const shown = all.filter((app) =>
    `${app.name}\n${app.description}`.toLocaleLowerCase().includes(wanted),
  );

  const put = (app: App) =>
    apps.set((now) => now?.map((other) => (other.id === app.id ? app : other)));
  const remove = async (app: App) => {
    apps.set((now) => now?.filter((other) => other.id !== app.id));
    try {
      await deleteApp(app.id);
      toast(text.home.deleted(app.name), {
        label: text.actions.undo,
        run: () => {
          undeleteApp(app.id).then(() => {
            toast(text.home.restored(app.name));
            apps.refresh();
          }, toastFailure);
        },
      });
    } catch (error) {
      toastFailure(error);
      apps.refresh();
    }
  };
  const rename = async (app: App, name: string) => {
    setRenaming(undefined);
    put({ ...app, name });
    try {
      await renameApp(app.id, name);
      toast(text.home.renamed(name));
    } catch (error) {
      put(app);
      toastFailure(error);
    }
  };

  if (!apps.data) {
    return (
      <section className="mt-16">
        {apps.error === undefined ? (
          <Waiting>{text.loading.page}</Waiting>
        ) : (
          <Failure error={apps.error}>
            <Button size="small" onClick={apps.refresh}>
              {text.actions.retry}
            </Button>
          </Failure>
        )}
      </section>
    );
  }
  if (all.length === 0) return <Empty />;
  return (
    <section className="mt-16" aria-labelledby="apps">
      <div className="mb-4 flex min-h-9.5 flex-wrap items-center justify-between gap-3">
        <h2 id="apps" className="text-lg font-semibold">
          {text.home.heading}
        </h2>
        {all.length >= SEARCH_FROM && (
          <div className="relative w-full sm:w-64">
            <Search
              className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-faint"
              aria-hidden
            />
            <input
              type="search"
              aria-label={text.home.search}
              placeholder={text.home.search}
              className="field h-9.5 pr-9 pl-9 text-sm [&::-webkit-search-cancel-button]:hidden"
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
            {query && (
              <IconButton
                label={text.home.clear}
                icon={<X className="size-4" aria-hidden />}
                className="absolute top-0.75 right-0.75"
                onClick={() => setQuery("")}
              />
            )}
          </div>
        )}
      </div>
      <ul className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        {shown.map((app) => (
          <AppCard
            key={app.id}
            app={app}
            generation={running.find((generation) => generation.appId === app.id)}
            onRename={() => setRenaming(app)}
            onDelete={() => void remove(app)}
          />
        ))}
      </ul>
      <p role="status" className={shown.length > 0 ? "sr-only" : "py-8 text-center text-muted"}>
        {shown.length === 0 ? text.home.noMatch(query) : ""}
      </p>
      {renaming && (
        <RenameDialog
          name={renaming.name}
          onClose={() => setRenaming(undefined)}
          onSave={(name) => void rename(renaming, name)}
        />
      )}
    </section>
  );
}

function Empty() {
  return (
    <section className="mt-16 rounded-2xl border border-dashed border-line-strong px-6 py-10 text-center">
      <CloudMark className="mx-auto size-10 opacity-80" />
      <h2 className="mt-3 text-lg font-semibold">{text.home.emptyHeading}</h2>
      <p className="text-sm text-muted">{text.home.emptyLead}</p>
      <ol className="mx-auto mt-6 grid max-w-3xl gap-6 text-left text-sm sm:grid-cols-3">
        {text.home.emptySteps.map(([title, body], at) => (
          <li key={title} className="flex gap-3">
            <span
              className="grid size-6 shrink-0 place-items-center rounded-full bg-accent-soft text-xs font-semibold text-accent"
              aria-hidden
            >
              {at + 1}
            </span>
            <span>
              <span className="block font-medium">{title}</span>
              <span className="text-muted">{body}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
