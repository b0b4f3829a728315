import type { ReactNode } from "react";
import type { ProviderHealth } from "../api/types";
import { text } from "../text";
import { sentence } from "../ui/format";
import { Inline } from "../ui/Prose";

/** A provider: how it is, what was found when it was asked, and what can be set about it. */
export function ProviderCard({
  id,
  title,
  provider,
  selected,
  children,
}: {
  /** Where links lead. */
  id: string;
  title: string;
  /** None while it is not known. */
  provider: ProviderHealth | undefined;
  selected: boolean;
  children: ReactNode;
}) {
  const facts: [string, string | null | undefined][] = provider
    ? [
        [text.settings.address, provider.address],
        [text.settings.version, provider.version],
        [
          text.settings.latency,
          // A refusal is no answer, however quickly it came.
          !provider.healthy || provider.latencyMs === null
            ? null
            : text.settings.ms(provider.latencyMs),
        ],
      ]
    : [];
  const variables = (provider && text.settings.variable[provider.provider]) ?? [];
  return (
    <section
      id={id}
      aria-labelledby={`${id}-title`}
      className="scroll-mt-4 rounded-2xl border border-line bg-surface shadow-card"
    >
      <div className="space-y-3 p-5">
        <div className="flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1">
          <h3 id={`${id}-title`} className="font-medium">
            {title}
          </h3>
          {provider && <State provider={provider} />}
          {selected && (
            <span className="ml-auto rounded-md bg-accent-soft px-2 py-px text-xs font-medium text-accent">
              {text.settings.chosen}
            </span>
          )}
        </div>
        {provider?.problem && (
          <p className="rounded-lg bg-ember-soft px-3 py-2 text-sm [overflow-wrap:anywhere]">
            <Inline>{sentence(provider.problem)}</Inline>
            {provider.hint && (
              <span className="block text-muted">
                <Inline>{sentence(provider.hint)}</Inline>
              </span>
            )}
          </p>
        )}
        {facts.some(([, value]) => value) && (
          <dl className="flex flex-wrap gap-x-6 gap-y-1 text-[13px]">
            {facts.map(
              ([name, value]) =>
                value && (
                  <div key={name} className="flex min-w-0 gap-2">
                    <dt className="shrink-0 text-muted">{name}</dt>
                    <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
                  </div>
                ),
            )}
          </dl>
        )}
      </div>
      {children}
      {variables.length > 0 && (
        <p className="flex flex-wrap items-center gap-1.5 border-t border-line px-5 py-3 text-[13px] text-muted">
          {text.settings.variables}
          {variables.map((variable) => (
            <code key={variable} className="inline-code">
              {variable}
            </code>
          ))}
        </p>
      )}
    </section>
  );
}

/** One matter within a card. */
export function Part({
  title,
  note,
  children,
}: {
  title?: string;
  note?: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="border-t border-line px-5 py-4 text-sm">
      {title && <h4 className="font-medium">{title}</h4>}
      {note && <p className="text-[13px] text-muted">{note}</p>}
      <div className={title || note ? "mt-3" : ""}>{children}</div>
    </div>
  );
}

function State({ provider }: { provider: ProviderHealth }) {
  const [dot, words] = !provider.enabled
    ? ["bg-line-strong", text.settings.switchedOff]
    : provider.healthy
      ? ["bg-good", text.settings.ready]
      : ["bg-ember", text.settings.notReady];
  return (
    <span className="flex items-center gap-1.5 text-[13px] text-muted">
      <span className={`size-1.5 rounded-full ${dot}`} aria-hidden />
      {words}
    </span>
  );
}
