import { History } from "lucide-react";
import type { Version } from "../api/types";
import { text } from "../text";
import { Button } from "../ui/Button";

/** Says that an earlier version is shown, and leads out of it. */
export function LookingBar({
  version,
  busy,
  onBack,
  onRestore,
}: {
  version: Version;
  busy: boolean;
  onBack: () => void;
  onRestore: (version: Version) => void;
}) {
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line bg-accent-soft px-4 py-1.5 text-[13px]">
      <p role="status" className="mr-auto font-medium">
        {text.versions.looking(version.number)}
      </p>
      <Button size="small" look="quiet" onClick={onBack}>
        {text.versions.back}
      </Button>
      {version.status === "runnable" && (
        <Button
          size="small"
          disabled={busy}
          icon={<History className="size-3.5" aria-hidden />}
          onClick={() => onRestore(version)}
        >
          {text.versions.restore}
        </Button>
      )}
    </div>
  );
}
