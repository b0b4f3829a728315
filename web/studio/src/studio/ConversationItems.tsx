import { Brain, ChevronRight, Cloud, Laptop, Sparkles, TriangleAlert, Wrench } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Diagnostic, ModelRef } from "../api/types";
import type { ConversationItem, StreamState } from "../stream/reduce";
import { text } from "../text";
import { sentence } from "../ui/format";
import { Inline, Prose } from "../ui/Prose";
import { FileMark } from "./FileMark";

/** What a generation said, in the order in which it happened. */
export function ConversationItems({
  state,
  live,
  onFile,
}: {
  state: StreamState;
  live: boolean;
  /** Shows a file; none where the files are not at hand. */
  onFile: ((path: string) => void) | undefined;
}) {
  return state.items.map((item, at) => (
    <Item
      key={item.key}
      item={item}
      state={state}
      newest={live && at === state.items.length - 1}
      onFile={onFile}
    />
  ));
}

function Item({
  item,
  state,
  newest,
  onFile,
}: {
  item: ConversationItem;
  state: StreamState;
  newest: boolean;
  onFile: ((path: string) => void) | undefined;
}) {
  switch (item.kind) {
    case "text":
      return <Prose className="text-[15px]">{item.content}</Prose>;
    case "thinking":
      return <Thinking content={item.content} live={newest} />;
    case "model":
      return (
        <Aside icon={<ModelIcon model={item.model} local={item.local} />}>
          <span className="font-medium text-ink">{nameOf(item.model)}</span>
          {item.model.provider !== "demo" && (
            <span className={item.local ? undefined : "text-ember"}>
              {" · "}
              {item.local ? text.model.stays : text.model.leaves}
            </span>
          )}
          {item.reason !== nameOf(item.model) && (
            <span className="block">
              <Inline>{sentence(item.reason)}</Inline>
            </span>
          )}
        </Aside>
      );
    case "fallback":
      return (
        <Aside icon={<TriangleAlert className="size-4 text-ember" aria-hidden />}>
          <span className="font-medium text-ink">
            {wordsForFallback(nameOf(item.from), nameOf(item.to), item.continues)}
          </span>
          <span className="block">
            <Inline>{sentence(item.reason)}</Inline>
          </span>
        </Aside>
      );
    case "files":
      return <FileList paths={item.paths} state={state} onFile={onFile} />;
    case "diagnostics":
      return <Diagnostics diagnostics={item.diagnostics} onFile={onFile} />;
  }
}

function wordsForFallback(from: string, to: string, continues: boolean): string {
  if (continues) return text.studio.continues(from, to);
  return from === to ? text.studio.begunAnew(to) : text.studio.fallback(from, to);
}

function Aside({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div className="flex gap-2.5 text-[13px] text-muted [overflow-wrap:anywhere]">
      <span className="mt-0.5 shrink-0">{icon}</span>
      <div className="min-w-0">{children}</div>
    </div>
  );
}

function ModelIcon({ model, local }: { model: ModelRef; local: boolean }) {
  if (model.provider === "demo") return <Sparkles className="size-4 text-ember" aria-hidden />;
  return local ? (
    <Laptop className="size-4" aria-hidden />
  ) : (
    <Cloud className="size-4" aria-hidden />
  );
}

/** A model's name, or what the sample generator is called. */
export function nameOf(model: ModelRef): string {
  return model.provider === "demo" ? text.noModel.samplesLabel : model.model;
}

function Thinking({ content, live }: { content: string; live: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <Fold
      open={open}
      onToggle={setOpen}
      icon={<Brain className={`size-4 ${live ? "breathe" : ""}`} aria-hidden />}
      title={live ? text.studio.thinkingNow : text.studio.thinking}
    >
      {open && (
        <div className="max-h-80 overflow-y-auto border-l-2 border-line pl-3 text-[13px] whitespace-pre-wrap text-muted">
          {content.trim()}
        </div>
      )}
    </Fold>
  );
}

/** Something folded away behind one line. */
export function Fold({
  open,
  onToggle,
  icon,
  title,
  children,
}: {
  open: boolean;
  onToggle: (open: boolean) => void;
  icon: ReactNode;
  title: string;
  children: ReactNode;
}) {
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        className="-mx-1.5 flex items-center gap-2.5 rounded-lg px-1.5 py-0.5 text-[13px] text-muted transition-colors hover:text-ink"
        onClick={() => onToggle(!open)}
      >
        {icon}
        {title}
        <ChevronRight
          className={`size-3.5 transition-transform ${open ? "rotate-90" : ""}`}
          aria-hidden
        />
      </button>
      {open && <div className="mt-2 ml-6.5">{children}</div>}
    </div>
  );
}

function FileList({
  paths,
  state,
  onFile,
}: {
  paths: readonly string[];
  state: StreamState;
  onFile: ((path: string) => void) | undefined;
}) {
  return (
    <ul className="overflow-hidden rounded-xl border border-line bg-surface">
      {paths.map((path) => {
        const file = state.files.find((other) => other.path === path);
        const content = (
          <>
            <FileMark state={file?.state ?? "done"} />
            <span className="min-w-0 flex-1 truncate text-left font-mono">{path}</span>
          </>
        );
        const look = "flex w-full items-center gap-2.5 px-3 py-1.5 text-[13px]";
        return (
          <li key={path} className="border-line not-first:border-t">
            {onFile ? (
              <button
                type="button"
                className={`${look} transition-colors -outline-offset-2 hover:bg-sunken`}
                onClick={() => onFile(path)}
              >
                {content}
              </button>
            ) : (
              <span className={look}>{content}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

const SEVERITIES = ["error", "warning", "notice"] as const;

/** What was found in the source, the worst first. */
export function Diagnostics({
  diagnostics,
  onFile,
}: {
  diagnostics: readonly Diagnostic[];
  onFile: ((path: string) => void) | undefined;
}) {
  return (
    <div className="space-y-2">
      {SEVERITIES.map((severity) => {
        const found = diagnostics.filter((diagnostic) => diagnostic.severity === severity);
        if (found.length === 0) return null;
        return <Found key={severity} severity={severity} found={found} onFile={onFile} />;
      })}
    </div>
  );
}

function Found({
  severity,
  found,
  onFile,
}: {
  severity: Diagnostic["severity"];
  found: readonly Diagnostic[];
  onFile: ((path: string) => void) | undefined;
}) {
  const [open, setOpen] = useState(severity === "error");
  const title = {
    error: text.studio.problems,
    warning: text.studio.warnings,
    notice: text.studio.repairs,
  }[severity](found.length);
  const icon =
    severity === "notice" ? (
      <Wrench className="size-4 text-accent" aria-hidden />
    ) : (
      <TriangleAlert
        className={`size-4 ${severity === "error" ? "text-bad" : "text-ember"}`}
        aria-hidden
      />
    );
  return (
    <Fold open={open} onToggle={setOpen} icon={icon} title={title}>
      <ul className="space-y-2.5 text-[13px]">
        {found.map((diagnostic, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: findings are only ever appended
          <li key={at} className="[overflow-wrap:anywhere]">
            <Inline>{sentence(diagnostic.message)}</Inline>
            {diagnostic.file && <Place diagnostic={diagnostic} onFile={onFile} />}
            {diagnostic.frame && (
              <pre className="mt-1.5 overflow-x-auto rounded-lg border border-line bg-sunken p-2.5 font-mono text-xs leading-relaxed">
                {diagnostic.frame}
              </pre>
            )}
            {diagnostic.hint && (
              <p className="text-muted">
                <Inline>{sentence(diagnostic.hint)}</Inline>
              </p>
            )}
          </li>
        ))}
      </ul>
    </Fold>
  );
}

function Place({
  diagnostic,
  onFile,
}: {
  diagnostic: Diagnostic;
  onFile: ((path: string) => void) | undefined;
}) {
  const { file, line } = diagnostic;
  if (!file) return null;
  const words = text.studio.at(file, line);
  if (!onFile) return <span className="block font-mono text-xs text-muted">{words}</span>;
  return (
    <button
      type="button"
      className="block rounded font-mono text-xs text-accent hover:underline"
      onClick={() => onFile(file)}
    >
      {words}
    </button>
  );
}
