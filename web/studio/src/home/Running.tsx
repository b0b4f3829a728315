import { useEffect } from "react";
import type { App, Generation } from "../api/types";
import { studioPath } from "../router";
import { useCodeStream } from "../stream/useCodeStream";
import { ProgressBar, phaseWords } from "../studio/Progress";
import { text } from "../text";
import { LinkButton } from "../ui/Button";

/** The generations that run now, each with its own live progress. */
export function Running({
  generations,
  apps,
  onOver,
}: {
  generations: readonly Generation[];
  apps: readonly App[];
  onOver: () => void;
}) {
  if (generations.length === 0) return null;
  return (
    <section className="mt-14" aria-labelledby="running">
      <h2 id="running" className="mb-3 text-sm font-medium text-muted">
        {text.home.running}
      </h2>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        {generations.map((generation) => (
          <RunningCard
            key={generation.id}
            generation={generation}
            name={apps.find((app) => app.id === generation.appId)?.name}
            onOver={onOver}
          />
        ))}
      </ul>
    </section>
  );
}

function RunningCard({
  generation,
  name,
  onOver,
}: {
  generation: Generation;
  name: string | undefined;
  onOver: () => void;
}) {
  const { state, resume } = useCodeStream();
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows a generation once
  useEffect(() => resume(generation.id), [generation.id]);
  const over = state.outcome !== "running";
  useEffect(() => {
    if (over) onOver();
  }, [over, onOver]);

  return (
    <li className="rounded-2xl border border-ember-line bg-surface p-4 shadow-card">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="truncate font-medium">{name ?? generation.request.prompt}</p>
          <p className="truncate text-[13px] text-muted">{phaseWords(state)}</p>
        </div>
        <LinkButton size="small" href={studioPath(generation.appId, generation.id)}>
          {text.home.watch}
        </LinkButton>
      </div>
      <ProgressBar className="mt-3 rounded-full" progress={state.progress} running={!over} />
    </li>
  );
}
