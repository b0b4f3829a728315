import { ArrowDownToLine, Copy, Download, Files } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { exportUrl } from "../api/client";
import { fileText, type StreamFile } from "../stream/reduce";
import { text } from "../text";
import { IconButton } from "../ui/Button";
import { Tabs } from "../ui/Tabs";
import { toast } from "../ui/Toasts";
import { CodeView } from "./editor";
import { FileMark } from "./FileMark";

/**
 * The source, as it is written. While following, it shows the file that is being written and its
 * newest line; choosing another file or scrolling up stops that.
 */
export default function CodeStreamViewer({
  appId,
  files,
  writing,
  wanted,
  downloadable,
  cutBy,
}: {
  appId: string;
  files: readonly StreamFile[];
  /** The file that the model writes now. */
  writing: string | undefined;
  /** A file that the person asked for elsewhere; `at` tells one request from the next. */
  wanted: { path: string; at: number } | undefined;
  downloadable: boolean;
  /** Why a file may end in its middle: the code of the error that ended the generation. */
  cutBy: string | undefined;
}) {
  const [chosen, setChosen] = useState<string>();
  const [follow, setFollow] = useState(true);
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<CodeView | null>(null);

  useEffect(() => {
    if (!wanted) return;
    setChosen(wanted.path);
    setFollow(false);
  }, [wanted]);

  const has = (path: string | undefined) => files.some((file) => file.path === path);
  const path =
    follow && has(writing) ? writing : has(chosen) ? chosen : (mainFile(files)?.path ?? undefined);
  const file = files.find((other) => other.path === path);

  // What is followed stays in view when the writing is over.
  useEffect(() => {
    if (follow && writing) setChosen(writing);
  }, [follow, writing]);

  useEffect(() => {
    if (!host.current) return;
    const created = new CodeView(host.current, setFollow);
    view.current = created;
    return () => {
      created.destroy();
      view.current = null;
    };
  }, []);

  const following = follow && writing !== undefined && path === writing;
  useEffect(() => {
    if (file) view.current?.show(file);
  }, [file]);
  useEffect(() => view.current?.setFollow(following), [following]);

  const copy = async (content: string, done: string) => {
    try {
      await navigator.clipboard.writeText(content);
      toast(done);
    } catch {
      toast(text.errors.copy);
    }
  };
  const copyAll = () => {
    const kept = files.filter((other) => other.state !== "removed");
    const all = kept.map((other) => `// ${other.path}\n${fileText(other)}`).join("\n\n");
    void copy(all, text.code.copiedAll(kept.length));
  };

  return (
    <section aria-label={text.code.label} className="flex h-full min-h-0 flex-col bg-surface">
      <div className="flex h-11 shrink-0 items-center gap-1 border-b border-line pr-2">
        <Tabs
          label={text.code.files}
          panel="code-panel"
          selected={path ?? ""}
          onSelect={(id) => {
            setChosen(id);
            setFollow(id === writing);
          }}
          tabs={files.map((other) => ({
            id: other.path,
            label: nameOf(other.path),
            icon: <FileMark state={other.state} />,
          }))}
          className="flex h-full min-w-0 flex-1 overflow-x-auto [scrollbar-width:none]"
          tabClass={(selected) =>
            `flex h-full shrink-0 items-center gap-2 border-b-2 px-3.5 font-mono text-[13px] transition-colors -outline-offset-2 ${selected ? "border-accent text-ink" : "border-transparent text-muted hover:text-ink"}`
          }
        />
        {writing !== undefined && (
          <button
            type="button"
            aria-pressed={following}
            title={text.code.followNote}
            className="flex h-8 shrink-0 items-center gap-1.5 rounded-lg px-2 text-[13px] text-muted transition-colors hover:bg-ink/6 hover:text-ink aria-pressed:text-ember"
            onClick={() => setFollow(!following)}
          >
            <ArrowDownToLine className="size-4" aria-hidden />
            <span className="hidden sm:inline">
              {following ? text.code.following : text.code.follow}
            </span>
          </button>
        )}
        <IconButton
          label={text.code.copyFile}
          icon={<Copy className="size-4" aria-hidden />}
          disabled={!file}
          onClick={() => file && void copy(fileText(file), text.code.copied(file.path))}
        />
        <IconButton
          label={text.code.copyAll}
          icon={<Files className="size-4" aria-hidden />}
          disabled={files.length === 0}
          className="max-sm:hidden"
          onClick={copyAll}
        />
        {downloadable && (
          <a
            href={exportUrl(appId)}
            download
            aria-label={text.code.download}
            title={text.code.download}
            className="inline-grid size-8 shrink-0 place-items-center rounded-lg text-muted transition-colors hover:bg-ink/6 hover:text-ink"
          >
            <Download className="size-4" aria-hidden />
          </a>
        )}
      </div>
      {file && (file.state === "cut" || file.state === "removed") && (
        <p className="shrink-0 border-b border-ember-line bg-ember-soft px-4 py-2 text-[13px] text-ember">
          {file.state === "cut" ? wordsForCut(cutBy) : text.code.removed}
        </p>
      )}
      <div id="code-panel" role="tabpanel" aria-label={path} className="relative min-h-0 flex-1">
        <div ref={host} className={`absolute inset-0 ${file ? "" : "invisible"}`} />
        {!file && (
          <div className="grid h-full place-content-center px-6 text-center">
            <p className="font-medium">{text.code.empty}</p>
            <p className="text-sm text-muted">{text.code.emptyNote}</p>
          </div>
        )}
      </div>
    </section>
  );
}

function wordsForCut(code: string | undefined): string {
  return code === "cancelled" || code === "interrupted" ? text.code.cut[code] : text.code.cut.reply;
}

function nameOf(path: string): string {
  return path.replace(/^src\//, "");
}

/** The file to show first: the app's own, wherever it lies. */
function mainFile(files: readonly StreamFile[]): StreamFile | undefined {
  return files.find((file) => /(^|\/)App\.[jt]sx?$/.test(file.path)) ?? files[0];
}
