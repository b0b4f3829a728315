import { Eye, History } from "lucide-react";
import type { Version } from "../api/types";
import { text } from "../text";
import { Button } from "../ui/Button";
import { ago, dollars, duration, moment } from "../ui/format";
import { nameOf } from "./ConversationItems";

/** Every version of the app, newest first. */
export function VersionsPane({
  versions,
  head,
  shown,
  busy,
  onLook,
  onRestore,
}: {
  /** Newest first. */
  versions: readonly Version[];
  head: string | null;
  /** The version that the code and the preview show. */
  shown: string | null;
  busy: boolean;
  onLook: (version: Version) => void;
  onRestore: (version: Version) => void;
}) {
  return (
    <section aria-label={text.versions.label} className="h-full overflow-y-auto bg-surface">
      {versions.length === 0 ? (
        <div className="grid h-full place-content-center px-6 text-center">
          <p className="font-medium">{text.versions.empty}</p>
          <p className="text-sm text-muted">{text.versions.emptyNote}</p>
        </div>
      ) : (
        <ol className="mx-auto max-w-3xl divide-y divide-line px-4 sm:px-6">
          {versions.map((version) => (
            <li key={version.id} className="flex flex-wrap items-start gap-x-4 gap-y-2 py-4">
              <div className="min-w-0 flex-1 basis-64">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {text.versions.number(version.number)}
                  {version.id === head && (
                    <span className="rounded-md bg-good-soft px-1.5 text-xs text-good">
                      {text.versions.current}
                    </span>
                  )}
                  {version.status === "draft" && (
                    <span
                      className="rounded-md bg-ember-soft px-1.5 text-xs text-ember"
                      title={text.versions.draftNote}
                    >
                      {text.versions.draft}
                    </span>
                  )}
                </p>
                {version.prompt && (
                  <p className="mt-0.5 line-clamp-3 text-sm text-muted [overflow-wrap:anywhere]">
                    {version.prompt}
                  </p>
                )}
                <p className="mt-1 text-xs text-faint">
                  <time dateTime={version.createdAt} title={moment(version.createdAt)}>
                    {ago(version.createdAt)}
                  </time>
                  {" · "}
                  {text.versions.origin[version.origin]}
                  {version.model && ` · ${nameOf(version.model)}`}
                  {version.usage.totalMs > 0 && ` · ${duration(version.usage.totalMs)}`}
                  {typeof version.usage.costUsd === "number" &&
                    ` · ${dollars(version.usage.costUsd)}`}
                </p>
              </div>
              <div className="flex gap-2">
                <Button
                  size="small"
                  look="quiet"
                  disabled={shown === version.id}
                  icon={<Eye className="size-3.5" aria-hidden />}
                  aria-label={`${shown === version.id ? text.versions.showing : text.versions.show}: ${text.versions.number(version.number)}`}
                  onClick={() => onLook(version)}
                >
                  {shown === version.id ? text.versions.showing : text.versions.show}
                </Button>
                {version.id !== head && version.status === "runnable" && (
                  <Button
                    size="small"
                    disabled={busy}
                    icon={<History className="size-3.5" aria-hidden />}
                    aria-label={`${text.versions.restore}: ${text.versions.number(version.number)}`}
                    onClick={() => onRestore(version)}
                  >
                    {text.versions.restore}
                  </Button>
                )}
              </div>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
