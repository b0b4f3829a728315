import { useCallback } from "react";
import { listApps, listRunning } from "../api/client";
import { useHealth } from "../api/useHealth";
import { useResource } from "../api/useResource";
import { Composer } from "../create/Composer";
import { text } from "../text";
import { Button } from "../ui/Button";
import { Failure } from "../ui/Notice";
import { Shell } from "../ui/Shell";
import { Gallery } from "./Gallery";
import { Running } from "./Running";

/** The first page: the question, what is being made, and the apps. */
export function HomePage({ prompt, only }: { prompt: string; only: boolean }) {
  const health = useHealth();
  const apps = useResource(listApps, 15_000);
  const running = useResource(listRunning, 4000);
  const refreshApps = apps.refresh;
  const refreshRunning = running.refresh;
  const refresh = useCallback(() => {
    refreshApps();
    refreshRunning();
  }, [refreshApps, refreshRunning]);

  const hasApps = apps.data ? apps.data.length > 0 : apps.error === undefined ? undefined : false;

  return (
    <Shell title={only ? text.nav.create : text.product} wide>
      <div className="dawn pointer-events-none absolute inset-x-0 top-0 -z-10 h-120" aria-hidden />
      <section className="mx-auto max-w-3xl pt-10 sm:pt-16">
        <h1 className="text-center text-3xl font-semibold sm:text-4xl">{text.create.heading}</h1>
        <p className="mx-auto mt-2 mb-8 max-w-xl text-center text-balance text-muted">
          {text.create.lead}
        </p>
        {health.error !== undefined && !health.data && (
          <Failure error={health.error} className="mb-4">
            <Button size="small" onClick={health.refresh}>
              {text.actions.retry}
            </Button>
          </Failure>
        )}
        <Composer prompt={prompt} health={health.data} hasApps={only ? false : hasApps} />
      </section>
      <Running generations={running.data ?? []} apps={apps.data ?? []} onOver={refresh} />
      {!only && <Gallery apps={apps} running={running.data ?? []} />}
    </Shell>
  );
}
