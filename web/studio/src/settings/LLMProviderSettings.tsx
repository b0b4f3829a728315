import { useState } from "react";
import { getHealth, probeHealth } from "../api/client";
import type { Health, ProviderHealth } from "../api/types";
import { useResource } from "../api/useResource";
import { text } from "../text";
import { Button } from "../ui/Button";
import { bytes, sentence } from "../ui/format";
import { Failure } from "../ui/Notice";
import { Inline } from "../ui/Prose";
import { Waiting } from "../ui/Shell";
import { toastFailure } from "../ui/Toasts";
import { Section } from "./SettingsPage";

/** Each provider as it is configured and as it answered, and a way to ask it again. */
export function LLMProviderSettings() {
  const health = useResource(getHealth);
  const [testing, setTesting] = useState(false);
  const [tested, setTested] = useState(false);
  const test = async () => {
    setTesting(true);
    try {
      const answer = await probeHealth();
      health.set(() => answer);
      setTested(true);
    } catch (error) {
      toastFailure(error);
    } finally {
      setTesting(false);
    }
  };
  return (
    <>
      <Section
        title={text.settings.models}
        note={text.settings.modelsNote}
        action={
          <Button disabled={testing || !health.data} onClick={() => void test()}>
            {testing ? text.settings.testing : text.settings.test}
          </Button>
        }
      >
        <p role="status" className="sr-only">
          {tested && !testing ? text.settings.tested : ""}
        </p>
        {health.data ? (
          <ul className="space-y-3">
            {health.data.providers.map((provider) => (
              <Provider
                key={provider.provider}
                provider={provider}
                selected={isSelected(health.data, provider)}
              />
            ))}
          </ul>
        ) : health.error !== undefined ? (
          <Failure error={health.error}>
            <Button size="small" onClick={health.refresh}>
              {text.actions.retry}
            </Button>
          </Failure>
        ) : (
          <Waiting>{text.loading.page}</Waiting>
        )}
      </Section>
      <Section title={text.settings.policy} note={text.settings.policyNote} />
    </>
  );
}

function isSelected(health: Health | undefined, provider: ProviderHealth): boolean {
  return !health?.selected?.error && health?.selected?.provider === provider.provider;
}

function Provider({ provider, selected }: { provider: ProviderHealth; selected: boolean }) {
  const isDemo = provider.provider === "demo";
  const note = isDemo
    ? text.settings.demoNote
    : provider.local
      ? text.settings.localNote
      : text.settings.hostedNote;
  const facts: [string, string | null | undefined][] = isDemo
    ? []
    : [
        [text.settings.address, provider.address],
        [text.settings.model, provider.model],
        [text.settings.version, provider.version],
        [
          text.settings.latency,
          provider.latencyMs === null ? null : text.settings.ms(provider.latencyMs),
        ],
      ];
  const variables = text.settings.variable[provider.provider] ?? [];
  return (
    <li className="rounded-2xl border border-line bg-surface p-5 shadow-card">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h3 className="font-medium">{provider.name}</h3>
        <State provider={provider} />
        {selected && (
          <span className="ml-auto rounded-md bg-accent-soft px-2 py-px text-xs font-medium text-accent">
            {text.settings.chosen}
          </span>
        )}
      </div>
      <p className="text-sm text-muted">{note}</p>
      {provider.problem && (
        <p className="mt-3 rounded-lg bg-ember-soft px-3 py-2 text-sm [overflow-wrap:anywhere]">
          <Inline>{sentence(provider.problem)}</Inline>
          {provider.hint && (
            <span className="block text-muted">
              <Inline>{sentence(provider.hint)}</Inline>
            </span>
          )}
        </p>
      )}
      {facts.some(([, value]) => value) && (
        <dl className="mt-3 grid grid-cols-[auto_1fr] gap-x-5 gap-y-1 text-sm">
          {facts.map(
            ([name, value]) =>
              value && (
                <div key={name} className="contents">
                  <dt className="text-muted">{name}</dt>
                  <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
                </div>
              ),
          )}
        </dl>
      )}
      {provider.local && !isDemo && provider.models.length > 0 && (
        <details className="mt-3 text-sm">
          <summary className="w-fit rounded text-muted hover:text-ink">
            {text.settings.installed} ({provider.models.length})
          </summary>
          <ul className="mt-2 space-y-1">
            {provider.models.map((model) => (
              <li key={model.name} className="flex gap-3">
                <span className="min-w-0 truncate font-mono text-[13px]">{model.name}</span>
                {model.sizeBytes > 0 && (
                  <span className="shrink-0 text-muted">{bytes(model.sizeBytes)}</span>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      {variables.length > 0 && (
        <p className="mt-3 flex flex-wrap items-center gap-1.5 border-t border-line pt-3 text-[13px] text-muted">
          {text.settings.variables}
          {variables.map((variable) => (
            <code key={variable} className="inline-code">
              {variable}
            </code>
          ))}
        </p>
      )}
    </li>
  );
}

function State({ provider }: { provider: ProviderHealth }) {
  const [dot, words] = !provider.enabled
    ? ["bg-line-strong", text.settings.off]
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
