import { Cloud, Laptop, Play } from "lucide-react";
import { type ReactNode, useState } from "react";
import { listSamples } from "../api/client";
import type { Health, ProviderId, Sample } from "../api/types";
import { useResource } from "../api/useResource";
import { text } from "../text";
import { Button } from "../ui/Button";
import { sentence } from "../ui/format";
import { Inline } from "../ui/Prose";

/** No model can be reached: what to install, what was found, and samples to watch meanwhile. */
export function NoModel({
  health,
  busy,
  folded,
  onPlay,
}: {
  health: Health;
  busy: boolean;
  /** Whether it begins as one line, so that the apps below stay in view. */
  folded: boolean;
  onPlay: (sample: Sample) => void;
}) {
  const samples = useResource(listSamples).data ?? [];
  const [open, setOpen] = useState(!folded);
  const of = (id: ProviderId) => health.providers.find((p) => p.provider === id);
  const model = of("ollama")?.model ?? "qwen3-coder:30b";
  return (
    <section className="overflow-hidden rounded-2xl border border-line bg-surface shadow-card">
      <div className="flex items-center gap-4 px-5 py-4">
        <div className="min-w-0 flex-1">
          <h2 className="font-semibold">{text.noModel.heading}</h2>
          <p className="text-sm text-muted">{text.noModel.lead}</p>
        </div>
        {folded && (
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? text.noModel.hide : text.noModel.show}
          </Button>
        )}
      </div>
      {open && (
        <>
          <div className="border-t border-line grid divide-line max-md:divide-y md:grid-cols-2 md:divide-x">
            <Way
              icon={<Laptop className="size-4.5 text-accent" aria-hidden />}
              title={text.noModel.ollama}
              note={text.noModel.ollamaNote}
              problem={of("ollama")?.problem}
              hint={of("ollama")?.hint}
            >
              <li>
                {text.noModel.ollamaInstall}{" "}
                <Outside href={text.noModel.ollamaUrl}>{text.noModel.ollamaLink}</Outside>
              </li>
              <li>
                {text.noModel.ollamaPull}
                <Command>{text.noModel.ollamaCommand(model)}</Command>
              </li>
            </Way>
            <Way
              icon={<Cloud className="size-4.5 text-accent" aria-hidden />}
              title={text.noModel.hosted}
              note={text.noModel.hostedNote}
              problem={of("openrouter")?.enabled ? of("openrouter")?.problem : null}
              hint={of("openrouter")?.enabled ? of("openrouter")?.hint : null}
            >
              <li>
                {text.noModel.hostedKey}{" "}
                <a href="/settings#hosted" className={LINK}>
                  {text.noModel.hostedSettings}
                </a>
              </li>
              <li>
                {text.noModel.hostedVariable}
                <Command>{text.noModel.hostedCommand}</Command>
              </li>
            </Way>
          </div>
          {samples.length > 0 && (
            <div className="border-t border-line bg-sunken px-5 py-4">
              <h3 className="text-sm font-medium">{text.noModel.samples}</h3>
              <p className="text-[13px] text-muted">
                <strong className="font-medium text-ember">{text.noModel.samplesLabel}.</strong>{" "}
                {text.noModel.samplesNote}
              </p>
              <ul className="mt-3 grid gap-2 sm:grid-cols-2">
                {samples.map((sample) => (
                  <li key={sample.id}>
                    <button
                      type="button"
                      disabled={busy}
                      className="flex h-full w-full items-start gap-2.5 rounded-xl border border-line bg-surface px-3 py-2.5 text-left text-sm transition-colors hover:border-line-strong disabled:opacity-50"
                      onClick={() => onPlay(sample)}
                    >
                      <Play className="mt-0.5 size-4 shrink-0 text-ember" aria-hidden />
                      <span className="min-w-0">
                        <span className="sr-only">{text.noModel.play} </span>
                        <span className="block font-medium">{sample.title}</span>
                        <span className="line-clamp-2 text-[13px] text-muted">{sample.prompt}</span>
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </div>
          )}
        </>
      )}
    </section>
  );
}

const LINK = "rounded text-accent underline underline-offset-2";

function Outside({ href, children }: { href: string; children: string }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" className={LINK}>
      {children}
    </a>
  );
}

function Way({
  icon,
  title,
  note,
  problem,
  hint,
  children,
}: {
  icon: ReactNode;
  title: string;
  note: string;
  problem: string | null | undefined;
  hint: string | null | undefined;
  children: ReactNode;
}) {
  return (
    <div className="min-w-0 px-5 py-4 text-sm">
      <h3 className="flex items-center gap-2 font-medium">
        {icon}
        {title}
      </h3>
      <p className="mt-0.5 text-[13px] text-muted">{note}</p>
      <ol className="mt-3 list-decimal space-y-1.5 pl-4.5 marker:text-faint">{children}</ol>
      {problem && (
        <p className="mt-3 text-[13px] text-muted [overflow-wrap:anywhere]">
          <span className="font-medium text-ink">{text.noModel.found}:</span>{" "}
          <Inline>{sentence(problem)}</Inline> {hint && <Inline>{sentence(hint)}</Inline>}
        </p>
      )}
    </div>
  );
}

function Command({ children }: { children: string }) {
  return (
    <code className="mt-1 block overflow-x-auto rounded-lg border border-line bg-sunken px-2.5 py-1.5 font-mono text-[13px] whitespace-nowrap select-all">
      {children}
    </code>
  );
}
