import { useCallback, useEffect, useState } from "react";
import { probeHealth } from "../api/client";
import { listModels } from "../api/llm";
import type { ProviderId } from "../api/types";
import { useHealth } from "../api/useHealth";
import { useResource } from "../api/useResource";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Failure } from "../ui/Notice";
import { Waiting } from "../ui/Shell";
import { toastFailure } from "../ui/Toasts";
import { HostedCard } from "./HostedCard";
import { OllamaCard } from "./OllamaCard";
import { Section } from "./SettingsPage";
import { useLlmSettings } from "./useLlmSettings";
import { WhoWrites } from "./WhoWrites";

/** Who writes apps and where that leads, with all that a person can choose about it. */
export function ModelSettings() {
  const health = useHealth();
  const models = useResource(listModels);
  const askHealth = health.refresh;
  const askModels = models.refresh;
  const refresh = useCallback(() => {
    askHealth();
    askModels();
  }, [askHealth, askModels]);
  const { settings, saving, save } = useLlmSettings(refresh);

  const [testing, setTesting] = useState(false);
  const [tested, setTested] = useState(false);
  const test = async () => {
    setTesting(true);
    try {
      const answer = await probeHealth();
      health.set(() => answer);
      askModels();
      setTested(true);
    } catch (error) {
      toastFailure(error);
    } finally {
      setTesting(false);
    }
  };

  // The part that the address names is there only now.
  const isThere = settings.data !== undefined;
  useEffect(() => {
    if (isThere && location.hash) {
      document.getElementById(location.hash.slice(1))?.scrollIntoView();
    }
  }, [isThere]);

  const data = settings.data;
  const providerOf = (id: ProviderId) => health.data?.providers.find((p) => p.provider === id);
  const isSelected = (id: ProviderId) =>
    !health.data?.selected?.error && health.data?.selected?.provider === id;
  const said = { idle: "", saving: text.settings.saving, saved: text.settings.saved };
  return (
    <Section
      title={text.settings.models}
      note={text.settings.modelsNote}
      action={
        <div className="flex shrink-0 items-center gap-3">
          <p role="status" className="text-[13px] text-muted">
            {saving === "failed" ? text.settings.notSaved : said[saving]}
          </p>
          <p role="status" className="sr-only">
            {tested && !testing ? text.settings.tested : ""}
          </p>
          <Button disabled={testing} onClick={() => void test()}>
            {testing ? text.settings.testing : text.settings.test}
          </Button>
        </div>
      }
    >
      {data ? (
        <div className="space-y-4">
          <WhoWrites
            settings={data}
            hostedIsNear={providerOf("openrouter")?.local ?? false}
            save={save}
          />
          <OllamaCard
            settings={data}
            provider={providerOf("ollama")}
            selected={isSelected("ollama")}
            models={models}
            save={save}
          />
          <HostedCard
            settings={data}
            provider={providerOf("openrouter")}
            selected={isSelected("openrouter")}
            save={save}
            onKey={(hasKey) => {
              settings.set((now) => now && { ...now, hasKey });
              askHealth();
            }}
          />
        </div>
      ) : settings.error !== undefined ? (
        <Failure error={settings.error}>
          <Button size="small" onClick={settings.refresh}>
            {text.actions.retry}
          </Button>
        </Failure>
      ) : (
        <Waiting>{text.loading.page}</Waiting>
      )}
    </Section>
  );
}
