import { CircleCheck, RotateCcw } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Generation, GenerationState, Health, Version } from "../api/types";
import type { Choice } from "../create/choice";
import { type CodeStream, useCodeStream } from "../stream/useCodeStream";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Failure, Notice } from "../ui/Notice";
import { Waiting } from "../ui/Shell";
import { ConversationItems, Diagnostics } from "./ConversationItems";
import { usageWords } from "./Progress";
import { PromptMeter } from "./PromptMeter";
import { Refine } from "./Refine";

/** What was asked, what came of it, and the box to ask for more. */
export function Conversation({
  stream,
  generations,
  activePrompt,
  activeId,
  versionNumber,
  brought,
  appId,
  fresh,
  localOnly,
  onLocalOnly,
  health,
  onFile,
  onAsk,
  onRetry,
}: {
  stream: CodeStream;
  /** Oldest first. */
  generations: readonly Generation[];
  /** The prompt of the generation that the stream follows. */
  activePrompt: string | null;
  activeId: string | null;
  versionNumber: number | undefined;
  /** The version that was brought in and does not build, while nothing was asked here. */
  brought: Version | undefined;
  /** Whether nothing was made yet. */
  fresh: boolean;
  appId: string;
  /** Whether the app never leaves this machine; unknown until it is loaded. */
  localOnly: boolean | undefined;
  onLocalOnly: (localOnly: boolean) => void;
  health: Health | undefined;
  onFile: (path: string) => void;
  onAsk: (prompt: string, choice: Choice, reuse?: string) => void;
  onRetry: () => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const { state, running } = stream;

  // New words stay in view unless the person scrolled up to read. Every folded event can bring some.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the state is what moves the end
  useEffect(() => {
    const element = scroller.current;
    if (element && atEnd.current) element.scrollTop = element.scrollHeight;
  }, [state, activePrompt]);

  const answered = state.items.findLast((item) => item.kind === "model");
  const who = answered?.kind === "model" ? answered.model.provider : undefined;
  const earlier = generations.filter((generation) => generation.id !== activeId);
  return (
    <section aria-label={text.studio.conversation} className="flex h-full min-h-0 flex-col bg-bg">
      <div
        ref={scroller}
        className="min-h-0 flex-1 overflow-y-auto px-4 py-5 sm:px-5"
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < 40;
        }}
      >
        {earlier.length === 0 &&
          activePrompt === null &&
          (brought ? (
            <Brought version={brought} onFile={onFile} />
          ) : (
            <p className="text-sm text-muted">{text.studio.noTurns}</p>
          ))}
        <ol className="space-y-8">
          {earlier.map((generation) => (
            <EarlierTurn key={generation.id} generation={generation} />
          ))}
          {activePrompt !== null && (
            <li className="space-y-4">
              <Asked>{activePrompt}</Asked>
              <ConversationItems state={state} live={running} onFile={onFile} />
              {who !== "demo" && <PromptMeter state={state} />}
              <Ending stream={stream} versionNumber={versionNumber} onRetry={onRetry} />
            </li>
          )}
        </ol>
      </div>
      <Refine
        appId={appId}
        health={health}
        running={running}
        fresh={fresh}
        localOnly={localOnly}
        onLocalOnly={onLocalOnly}
        onAsk={onAsk}
      />
    </section>
  );
}

/** What keeps an app that was brought in from building. */
function Brought({ version, onFile }: { version: Version; onFile: (path: string) => void }) {
  return (
    <div className="space-y-4">
      <Notice
        tone="warn"
        title={text.studio.broughtDraft}
        hint={version.diagnostics.length > 0 ? text.studio.broughtDraftHint : undefined}
      />
      <Diagnostics diagnostics={version.diagnostics} onFile={onFile} />
    </div>
  );
}

function Asked({ children }: { children: string }) {
  return (
    <div className="ml-8 rounded-2xl rounded-br-md bg-accent-soft px-4 py-2.5">
      <span className="sr-only">{text.studio.you}: </span>
      <p className="max-h-60 overflow-y-auto text-[15px] whitespace-pre-wrap [overflow-wrap:anywhere]">
        {children}
      </p>
    </div>
  );
}

function Ending({
  stream: { state, connection, running },
  versionNumber,
  onRetry,
}: {
  stream: CodeStream;
  versionNumber: number | undefined;
  onRetry: () => void;
}) {
  const retry = (
    <Button size="small" icon={<RotateCcw className="size-3.5" aria-hidden />} onClick={onRetry}>
      {text.actions.retry}
    </Button>
  );
  if (connection.state === "failed") return <Failure error={connection.error}>{retry}</Failure>;
  if (connection.state === "waiting") {
    const seconds = Math.max(1, Math.round(connection.inMs / 1000));
    return <Notice tone="warn" title={text.studio.reconnecting(seconds)} />;
  }
  if (state.outcome === "complete") {
    const { usage } = state;
    return (
      <p className="flex items-start gap-2.5 text-sm">
        <CircleCheck className="mt-0.5 size-4 shrink-0 text-good" aria-hidden />
        <span>
          <span className="font-medium">{text.studio.complete(versionNumber)}</span>
          {usage && usage.totalMs > 0 && (
            <span className="block text-[13px] text-muted">{usageWords(usage)}</span>
          )}
        </span>
      </p>
    );
  }
  if (state.error) {
    if (state.error.code === "cancelled") {
      return (
        <Notice title={text.studio.stopped} hint={text.studio.stoppedNote}>
          {retry}
        </Notice>
      );
    }
    if (state.error.code === "interrupted") {
      return (
        <Notice tone="warn" title={text.studio.interrupted} hint={text.studio.interruptedNote}>
          {retry}
        </Notice>
      );
    }
    return (
      <Notice tone="bad" title={state.error.message} hint={state.error.hint}>
        {retry}
      </Notice>
    );
  }
  if (running) {
    return state.items.length === 0 && state.phase === null ? (
      <Waiting>{text.studio.connecting}</Waiting>
    ) : null;
  }
  if (connection.state === "closed") {
    return (
      <Notice tone="warn" title={text.studio.interrupted} hint={text.studio.interruptedNote}>
        {retry}
      </Notice>
    );
  }
  return null;
}

const DOTS: Record<GenerationState, string> = {
  running: "bg-ember breathe",
  complete: "bg-good",
  failed: "bg-bad",
  cancelled: "bg-line-strong",
  interrupted: "bg-line-strong",
};

/** An earlier request: its outcome at a glance, and its journal when it is asked for. */
function EarlierTurn({ generation }: { generation: Generation }) {
  const [open, setOpen] = useState(false);
  return (
    <li className="space-y-2">
      <Asked>{generation.request.prompt}</Asked>
      <div className="flex items-center gap-2 text-[13px] text-muted">
        <span className={`size-1.5 rounded-full ${DOTS[generation.state]}`} aria-hidden />
        {text.state[generation.state]}
        <span aria-hidden>·</span>
        <button
          type="button"
          aria-expanded={open}
          className="rounded hover:text-ink hover:underline"
          onClick={() => setOpen(!open)}
        >
          {open ? text.studio.earlierHide : text.studio.earlier}
        </button>
      </div>
      {open && <Journal id={generation.id} />}
    </li>
  );
}

function Journal({ id }: { id: string }) {
  const { state, connection, resume } = useCodeStream();
  // biome-ignore lint/correctness/useExhaustiveDependencies: replays a journal once
  useEffect(() => resume(id), [id]);
  if (connection.state === "failed") return <Failure error={connection.error} />;
  if (state.items.length === 0) {
    return connection.state === "closed" ? (
      <p className="text-[13px] text-muted">{text.studio.earlierGone}</p>
    ) : (
      <Waiting>{text.loading.page}</Waiting>
    );
  }
  return (
    <div className="space-y-4 pt-2">
      <ConversationItems state={state} live={false} onFile={undefined} />
      {state.error && <Notice tone="bad" title={state.error.message} hint={state.error.hint} />}
    </div>
  );
}
