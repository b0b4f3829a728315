import { Download, X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import type { LlmSettings, LocalModel } from "../api/llm";
import { text } from "../text";
import { Bar } from "../ui/Bar";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { bytes, capitalised, duration, sentence } from "../ui/format";
import { Notice } from "../ui/Notice";
import { Inline } from "../ui/Prose";
import { Part } from "./ProviderCard";
import { leftMs, type PullState, rateOf, shareOf } from "./pullProgress";
import { usePulls } from "./usePulls";

/**
 * Models that write code, by size. What Ollama's library states of them, in bytes: it rounds, and
 * the exact figure comes with the first of it.
 */
const SUGGESTIONS: readonly (readonly [name: string, sizeBytes: number])[] = [
  ["qwen3:4b", 2.5e9],
  ["qwen2.5-coder:7b", 4.7e9],
  ["qwen3:8b", 5.2e9],
  ["gpt-oss:20b", 14e9],
  ["devstral:24b", 14e9],
  ["qwen3-coder:30b", 19e9],
];

/** Getting models: the name, the question, and how far each is. */
export function PullModels({
  settings,
  installed,
  possible,
  asking,
  onAsk,
  onInstalled,
}: {
  settings: LlmSettings;
  installed: readonly LocalModel[];
  /** Whether Ollama answers, so that it can be asked. */
  possible: boolean;
  /** The model that is to be fetched if the person says so. */
  asking: string | undefined;
  onAsk: (model: string | undefined) => void;
  onInstalled: () => void;
}) {
  const pulls = usePulls(onInstalled);
  const [name, setName] = useState("");
  const id = useId();
  const wanted = name.trim();
  const has = (model: string) => installed.some((other) => other.name === model);
  const suggested = SUGGESTIONS.filter(([model]) => !has(model));
  const { ollamaModel, ollamaSmallModel } = settings.configured;
  // What is configured and missing comes first.
  const missing = [ollamaModel, ollamaSmallModel].filter(
    (model) => !has(model) && !suggested.some(([other]) => other === model),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wanted) onAsk(wanted);
  };
  return (
    <Part title={text.settings.pull} note={text.settings.pullNote}>
      <form className="flex items-end gap-2" onSubmit={submit}>
        <label className="min-w-0 flex-1 sm:max-w-sm">
          <span className="sr-only">{text.settings.pullName}</span>
          <input
            className="field h-9.5 font-mono text-[13px]"
            spellCheck={false}
            autoCapitalize="none"
            autoComplete="off"
            placeholder={text.settings.pullPlaceholder}
            aria-describedby={`${id}-hint`}
            value={name}
            disabled={!possible}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <Button
          type="submit"
          disabled={!possible || wanted === ""}
          icon={<Download className="size-4" aria-hidden />}
        >
          {text.settings.pullButton}
        </Button>
      </form>
      <p id={`${id}-hint`} className="mt-1 text-[13px] text-muted">
        <Inline>{text.settings.pullHint}</Inline>
      </p>
      <ul aria-label={text.settings.suggestions} className="mt-3 flex flex-wrap gap-2">
        {[...missing.map((model) => [model, 0] as const), ...suggested].map(([model, size]) => (
          <li key={model}>
            <button
              type="button"
              disabled={!possible}
              className="h-8 rounded-full border border-line px-3 text-[13px] text-muted transition-colors enabled:hover:border-line-strong enabled:hover:text-ink disabled:opacity-50"
              onClick={() => onAsk(model)}
            >
              <span className="font-mono">{model}</span>
              {size > 0 && <span className="ml-1.5 text-faint">{bytes(size)}</span>}
            </button>
          </li>
        ))}
      </ul>
      {pulls.running.length > 0 && (
        <ul aria-label={text.settings.pulls} className="mt-4 space-y-3">
          {pulls.running.map((pull) => (
            <PullRow key={pull.model} pull={pull} onCancel={() => pulls.cancel(pull.model)} />
          ))}
        </ul>
      )}
      {pulls.failed.map(({ model, error }) => (
        <Failed
          key={model}
          model={model}
          error={error}
          onRetry={() => pulls.start(model)}
          onDismiss={() => pulls.dismiss(model)}
        />
      ))}
      {asking && (
        <AskPull
          model={asking}
          sizeBytes={SUGGESTIONS.find(([model]) => model === asking)?.[1]}
          installed={has(asking)}
          onClose={() => onAsk(undefined)}
          onPull={() => {
            pulls.start(asking);
            onAsk(undefined);
            setName("");
          }}
        />
      )}
    </Part>
  );
}

function AskPull({
  model,
  sizeBytes,
  installed,
  onClose,
  onPull,
}: {
  model: string;
  sizeBytes: number | undefined;
  installed: boolean;
  onClose: () => void;
  onPull: () => void;
}) {
  return (
    <Dialog title={text.settings.pullAsk(model)} onClose={onClose}>
      <p className="text-sm text-muted">
        {installed
          ? text.settings.pullInstalled
          : sizeBytes === undefined
            ? text.settings.pullSizeUnknown
            : text.settings.pullSize(bytes(sizeBytes))}
      </p>
      <div className="mt-5 flex justify-end gap-2">
        <Button look="quiet" onClick={onClose}>
          {text.actions.cancel}
        </Button>
        <Button look="primary" icon={<Download className="size-4" aria-hidden />} onClick={onPull}>
          {text.settings.pullButton}
        </Button>
      </div>
    </Dialog>
  );
}

function PullRow({ pull, onCancel }: { pull: PullState; onCancel: () => void }) {
  const share = shareOf(pull);
  const percent = share === null ? undefined : Math.floor(share * 100);
  const rate = rateOf(pull);
  const left = leftMs(pull);
  const words = [
    pull.completed !== null && pull.total !== null
      ? text.settings.pullOf(bytes(pull.completed), bytes(pull.total))
      : null,
    percent === undefined ? null : text.progress.percent(percent),
    rate === null ? null : text.settings.pullRate(bytes(rate)),
    left === null ? null : text.settings.pullLeft(duration(Math.max(1000, left))),
  ].filter((part) => part !== null);
  return (
    <li className="rounded-xl border border-line bg-sunken px-3 py-2.5">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate font-mono text-[13px] font-medium">{pull.model}</p>
          <p className="truncate text-[13px] text-muted">{wordsForStatus(pull.status)}</p>
        </div>
        <Button
          size="small"
          look="quiet"
          icon={<X className="size-3.5" aria-hidden />}
          aria-label={text.settings.pullCancelOf(pull.model)}
          onClick={onCancel}
        >
          {text.settings.pullCancel}
        </Button>
      </div>
      <Bar
        role="progressbar"
        label={text.settings.pullProgress(pull.model)}
        share={share}
        words={words.join(", ")}
        className="mt-2 h-1.5"
      />
      <p className="mt-1.5 min-h-5 text-[13px] text-muted tabular-nums">{words.join(" · ")}</p>
    </li>
  );
}

/** Ollama's words for a step, or ours where we know better ones. */
function wordsForStatus(status: string): string {
  if (status === "") return text.settings.pullStarting;
  const known = text.settings.pullSteps.find(([step]) => status.startsWith(step));
  return known?.[1] ?? capitalised(status);
}

function Failed({
  model,
  error,
  onRetry,
  onDismiss,
}: {
  model: string;
  error: Error & { status: number; hint?: string | undefined };
  onRetry: () => void;
  onDismiss: () => void;
}) {
  // Where the line broke, the fetching goes on.
  const title =
    error.status === 0 ? text.settings.pullLost(model) : text.settings.pullFailed(model);
  const hint = [error.message, error.hint]
    .map((part) => part && sentence(part))
    .join(" ")
    .trim();
  return (
    <Notice tone="bad" title={title} hint={hint} className="mt-4">
      <Button size="small" onClick={onRetry}>
        {text.actions.retry}
      </Button>
      <Button size="small" look="quiet" onClick={onDismiss}>
        {text.actions.dismiss}
      </Button>
    </Notice>
  );
}
