import { ArrowUp, CircleCheck, RotateCcw } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Generation, GenerationState, Health } from "../api/types";
import { AS_CONFIGURED, answererOf, type Choice } from "../create/choice";
import { ModelChip, ModelPicker } from "../create/ModelPicker";
import { type CodeStream, useCodeStream } from "../stream/useCodeStream";
import { text } from "../text";
import { Button, IconButton } from "../ui/Button";
import { duration, number } from "../ui/format";
import { Failure, Notice } from "../ui/Notice";
import { Waiting } from "../ui/Shell";
import { ConversationItems } from "./ConversationItems";

/** What was asked, what came of it, and the box to ask for more. */
export function Conversation({
  stream,
  generations,
  activePrompt,
  activeId,
  versionNumber,
  fresh,
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
  /** Whether nothing was made yet. */
  fresh: boolean;
  health: Health | undefined;
  onFile: (path: string) => void;
  onAsk: (prompt: string, choice: Choice) => void;
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
        {earlier.length === 0 && activePrompt === null && (
          <p className="text-sm text-muted">{text.studio.noTurns}</p>
        )}
        <ol className="space-y-8">
          {earlier.map((generation) => (
            <EarlierTurn key={generation.id} generation={generation} />
          ))}
          {activePrompt !== null && (
            <li className="space-y-4">
              <Asked>{activePrompt}</Asked>
              <ConversationItems state={state} live={running} onFile={onFile} />
              <Ending stream={stream} versionNumber={versionNumber} onRetry={onRetry} />
            </li>
          )}
        </ol>
      </div>
      <Refine health={health} running={running} fresh={fresh} onAsk={onAsk} />
    </section>
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
            <span className="block text-[13px] text-muted">
              {text.studio.usage(duration(usage.totalMs), number(usage.completionTokens))}
            </span>
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

function Refine({
  health,
  running,
  fresh,
  onAsk,
}: {
  health: Health | undefined;
  running: boolean;
  fresh: boolean;
  onAsk: (prompt: string, choice: Choice) => void;
}) {
  const [prompt, setPrompt] = useState("");
  const [choice, setChoice] = useState<Choice>(AS_CONFIGURED);
  const [picking, setPicking] = useState(false);
  const panel = useId();
  const who = health && answererOf(health, choice);
  // The sample generator makes apps and cannot change them.
  const nobody = who === null || (who?.provider === "demo" && !fresh);
  const unready = running || nobody || prompt.trim() === "";
  const send = () => {
    if (unready) return;
    onAsk(prompt, choice);
    setPrompt("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const label: ReactNode = fresh ? text.studio.refineFirst : text.studio.refine;
  return (
    <form
      className="shrink-0 px-3 pb-3 sm:px-4 sm:pb-4"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="overflow-hidden rounded-2xl border border-line-strong bg-surface shadow-card transition-colors focus-within:border-accent">
        {picking && health && (
          <div className="max-h-[45vh] overflow-y-auto border-b border-line">
            <ModelPicker
              id={panel}
              health={health}
              choice={choice}
              onChange={setChoice}
              withDemo={fresh}
            />
          </div>
        )}
        <label>
          <span className="sr-only">{text.studio.refineLabel}</span>
          <textarea
            rows={2}
            value={prompt}
            placeholder={running ? text.studio.whileRunning : String(label)}
            className="block max-h-40 min-h-14 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-[15px] outline-none field-sizing-content placeholder:text-faint"
            onChange={(event) => setPrompt(event.target.value)}
            onKeyDown={onKeyDown}
          />
        </label>
        {nobody && !running && (
          <p className="px-4 pb-1 text-[13px] text-ember">
            {text.studio.noModelToRefine}{" "}
            <a href="/settings" className="rounded underline underline-offset-2">
              {text.studio.connect}
            </a>
          </p>
        )}
        <div className="flex items-center gap-2 px-2 pb-2">
          <div className="min-w-0 flex-1">
            <ModelChip
              health={health}
              choice={choice}
              open={picking}
              panel={panel}
              onToggle={() => setPicking(!picking)}
            />
          </div>
          <IconButton
            type="submit"
            label={fresh ? text.studio.sendFirst : text.studio.send}
            icon={<ArrowUp className="size-4.5" aria-hidden />}
            disabled={unready}
            className="bg-ink! text-bg! hover:bg-ink/85!"
          />
        </div>
      </div>
    </form>
  );
}
