import { MAX_SHOWN_COPY_CHARS } from "@cumulonimbus/protocol";
import { type ReactNode, useEffect, useId, useRef, useState, useSyncExternalStore } from "react";
import { text } from "../text.ts";
import { Button, buttonClass } from "../ui/Button.tsx";
import { bytes } from "../ui/format.ts";
import { toastFailure } from "../ui/Toasts.tsx";
import { ConsentDialog } from "./ConsentDialog.tsx";
import type { Answer, Asked, Dialogs, Question } from "./Dialogs.ts";
import { useArmed } from "./useArmed.ts";

const words = text.sandbox.ui;
/** What gives something out of the app. */
const GIVING: ReadonlySet<string> = new Set(["openLink", "copy", "download"]);

/** The question of a run that stands on the screen, over the app and outside of its frame. */
export function SandboxDialogs({ dialogs, name }: { dialogs: Dialogs; name: string }) {
  const asked = useSyncExternalStore(dialogs.subscribe, dialogs.current);
  if (asked === undefined) return null;
  if (asked.question.kind === "consent") {
    return (
      <ConsentDialog
        key={asked.key}
        name={name}
        question={asked.question}
        onAnswer={asked.answer}
      />
    );
  }
  return <AppDialog key={asked.key} asked={asked} name={name} onMute={() => dialogs.mute()} />;
}

/**
 * What the app itself asks. It covers the app and nothing else: however often an app asks, the page
 * around it stays usable.
 */
function AppDialog({ asked, name, onMute }: { asked: Asked; name: string; onMute: () => void }) {
  const { question, again, answer } = asked;
  const heading = useId();
  const element = useRef<HTMLFormElement>(null);
  const [typed, setTyped] = useState(question.kind === "prompt" ? question.initial : "");
  useEffect(() => {
    const field = element.current?.querySelector<HTMLElement>("[data-first]");
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  }, []);
  return (
    <div className="absolute inset-0 z-10 grid place-items-center overflow-auto bg-black/40 p-4">
      <form
        ref={element}
        role="alertdialog"
        aria-labelledby={heading}
        className="rise w-full max-w-md rounded-2xl border border-line bg-surface p-5 text-ink shadow-high"
        onSubmit={(event) => {
          event.preventDefault();
          if (question.kind === "prompt") answer(typed);
          else if (question.kind === "confirm" || question.kind === "alert") answer(true);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") answer(null);
        }}
      >
        <h2 id={heading} className="mb-2 font-semibold [overflow-wrap:anywhere]">
          {headingOf(question, name)}
        </h2>
        <Content question={question} />
        {question.kind === "prompt" && (
          <input
            data-first
            aria-labelledby={heading}
            className="mt-3 h-9.5 w-full rounded-lg border border-line-strong bg-surface px-3 text-sm"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
        <div className="mt-4 flex flex-wrap items-center justify-end gap-2">
          {question.kind !== "alert" && (
            <Button
              data-first={GIVING.has(question.kind) || undefined}
              onClick={() => answer(null)}
            >
              {text.actions.cancel}
            </Button>
          )}
          <Agree question={question} onAnswer={answer} />
        </div>
        {again && (
          <Button look="quiet" size="small" className="mt-3 -ml-2.5" onClick={onMute}>
            {words.mute}
          </Button>
        )}
      </form>
    </div>
  );
}

function headingOf(question: Question, name: string): string {
  switch (question.kind) {
    case "alert":
      return words.says(name);
    case "openLink":
      return words.openLink(name);
    case "copy":
      return words.copy(name);
    case "download":
      return words.download(name);
    default:
      return words.asks(name);
  }
}

function Content({ question }: { question: Question }) {
  const box = "max-h-56 overflow-auto text-sm whitespace-pre-wrap [overflow-wrap:anywhere]";
  const quote = `${box} rounded-lg bg-sunken px-3 py-2 font-mono text-[13px]`;
  switch (question.kind) {
    case "openLink":
      return <p className={quote}>{question.url}</p>;
    case "copy":
      return <TextToCopy text={question.text} className={quote} />;
    case "download":
      return (
        <p className={box}>
          <bdi className="font-medium">{question.name}</bdi>
          <span className="text-muted"> · {bytes(question.bytes.length)}</span>
        </p>
      );
    case "consent":
      return null;
    default:
      return <p className={box}>{question.message}</p>;
  }
}

/** The text as it will be copied, or its beginning and how much more there is. */
function TextToCopy({ text: whole, className }: { text: string; className: string }) {
  // No half of a character at the end.
  const shown = whole.slice(0, MAX_SHOWN_COPY_CHARS).replace(/[\ud800-\udbff]$/, "");
  const more = whole.length - shown.length;
  return (
    <>
      <p className={className}>{shown}</p>
      {more > 0 && <p className="mt-1.5 text-sm font-medium">{words.copyMore(more)}</p>}
    </>
  );
}

/** The button that does it. What leaves the app by it takes no click in the first half second. */
function Agree({
  question,
  onAnswer,
}: {
  question: Question;
  onAnswer: (answer: Answer) => void;
}): ReactNode {
  const armed = useArmed();
  switch (question.kind) {
    case "openLink":
      // A link that leads somewhere can be followed in ways that no handler hears of, as by a menu
      // or by dragging it: until it is armed there is none.
      return armed ? (
        <a
          href={question.url}
          target="_blank"
          rel="noopener noreferrer"
          className={buttonClass({ look: "primary" })}
          onClick={() => onAnswer(true)}
          onAuxClick={({ button }) => button === 1 && onAnswer(true)}
        >
          {words.open}
        </a>
      ) : (
        <Button look="primary" disabled>
          {words.open}
        </Button>
      );
    case "copy":
      return (
        <Button
          look="primary"
          disabled={!armed}
          onClick={() => {
            navigator.clipboard.writeText(question.text).then(
              () => onAnswer(true),
              () => {
                toastFailure(new Error(text.errors.copy));
                onAnswer(false);
              },
            );
          }}
        >
          {words.copyButton}
        </Button>
      );
    case "download":
      return (
        <Button
          look="primary"
          disabled={!armed}
          onClick={() => {
            save(question.name, question.bytes);
            onAnswer(true);
          }}
        >
          {words.save}
        </Button>
      );
    default:
      return (
        <Button
          data-first={question.kind === "prompt" ? undefined : true}
          type="submit"
          look="primary"
        >
          {words.ok}
        </Button>
      );
  }
}

function save(name: string, content: Uint8Array<ArrayBuffer>): void {
  // Without a type of its own, so that no browser ever shows it as a page of this site.
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
