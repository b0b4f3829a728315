import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import {
  getApp,
  getFiles,
  listGenerations,
  listVersions,
  restoreVersion,
  setLocalOnly,
} from "../api/client";
import type { Generation, Version } from "../api/types";
import { useResource } from "../api/useResource";
import { type Choice, requestFields } from "../create/choice";
import { studioPath } from "../router";
import { openFile, type StreamFile } from "../stream/reduce";
import { useCodeStream } from "../stream/useCodeStream";
import { text } from "../text";
import { toast, toastFailure } from "../ui/Toasts";
import { keptFiles, overlay } from "./files";

const NONE: readonly StreamFile[] = [];

/** Everything that the studio of one app knows, and what can be done there. */
export function useStudio(appId: string, wantedGeneration: string | null) {
  const load = useCallback(
    () =>
      Promise.all([getApp(appId), listVersions(appId), listGenerations(appId)]).then(
        ([app, versions, generations]) => ({
          app,
          versions: versions.toSorted((a, b) => b.number - a.number),
          generations: generations.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)),
        }),
      ),
    [appId],
  );
  const studio = useResource(load);
  const { refresh } = studio;
  const stream = useCodeStream();
  const { state, running, start, resume } = stream;
  const data = studio.data;

  // Opening: follow what runs, else replay the newest, so that all that was shown is here again.
  const opened = useRef(false);
  useEffect(() => {
    if (opened.current || !data) return;
    opened.current = true;
    const { generations } = data;
    const active =
      generations.findLast((generation) => generation.state === "running") ?? generations.at(-1);
    const id = active?.id ?? wantedGeneration;
    if (id) resume(id);
  }, [data, wantedGeneration, resume]);

  // The address names the generation, so that a reload or a second window follows it too.
  const generationId = state.generationId;
  useEffect(() => {
    if (!generationId || !running) return;
    history.replaceState(history.state, "", studioPath(appId, generationId));
    refresh();
  }, [appId, generationId, running, refresh]);
  const over = state.outcome !== "running";
  useEffect(() => {
    if (over) refresh();
  }, [over, refresh]);

  const [asked, setAsked] = useState<string | null>(null);
  const [looking, setLooking] = useState<Version | null>(null);
  const ask = (prompt: string, choice: Choice, reuse?: string) => {
    setAsked(prompt);
    setLooking(null);
    start({
      prompt,
      executionMode: "sandbox",
      appId,
      ...requestFields(choice),
      ...(reuse === undefined ? {} : { reuse }),
    });
  };
  const active = data?.generations.find((generation) => generation.id === generationId);
  const retry = () => {
    const request = active?.request;
    const prompt = request?.prompt ?? asked;
    if (!prompt) return;
    ask(prompt, { provider: request?.provider ?? null, model: request?.model ?? "" });
  };

  // A list of versions that knows the newest one comes with an app that knows its head.
  const made = state.outcome === "complete" ? state.versionId : null;
  const isListed = data?.versions.some((version) => version.id === made) ?? false;
  const head = made && !isListed ? made : (data?.app.head ?? null);
  const live = running ? (state.preview?.versionId ?? null) : null;
  const shown = looking?.id ?? live ?? head ?? state.preview?.versionId ?? null;

  // An app that was brought in and does not build has a draft and nothing else. Once something is
  // asked for, the model starts without it.
  const untouched = data?.generations.length === 0 && generationId === null && asked === null;
  const draft = data && untouched && head === null ? data.versions[0] : undefined;
  const kept = useKeptFiles(appId, looking?.id ?? head ?? draft?.id ?? null);
  // What a generation wrote lies over what there was, unless something newer has replaced it.
  const superseded = looking !== null || (made !== null && made !== head);
  const files = useMemo(
    () => (superseded ? kept.files : overlay(kept.files, state.files)),
    [superseded, kept.files, state.files],
  );

  const [restoring, setRestoring] = useState(false);
  const restore = async (version: Version) => {
    setRestoring(true);
    try {
      await restoreVersion(appId, version.id);
      setLooking(null);
      toast(text.versions.restored(version.number));
      refresh();
    } catch (error) {
      toastFailure(error);
    } finally {
      setRestoring(false);
    }
  };

  const keepHere = async (localOnly: boolean) => {
    const put = (on: boolean) =>
      studio.set((now) => now && { ...now, app: { ...now.app, localOnly: on } });
    put(localOnly);
    try {
      await setLocalOnly(appId, localOnly);
      toast(localOnly ? text.localOnly.on : text.localOnly.off);
    } catch (error) {
      put(!localOnly);
      toastFailure(error);
    }
  };

  return {
    app: data?.app,
    setLocalOnly: (localOnly: boolean) => void keepHere(localOnly),
    versions: data?.versions ?? [],
    generations: (data?.generations ?? []) as readonly Generation[],
    error: data ? undefined : studio.error,
    refresh,
    stream,
    /** The draft that is all there is, while nothing was asked. */
    draft,
    startedAt: active?.startedAt,
    prompt: active?.request.prompt ?? asked,
    activeId: generationId,
    head,
    shown,
    files,
    writing: looking ? undefined : openFile(state)?.path,
    looking,
    setLooking,
    ask,
    retry,
    stop: () => void stream.stop().catch(toastFailure),
    restore: (version: Version) => void restore(version),
    restoring,
  };
}

/** The files of a version. While another one's are fetched, those before stay. */
function useKeptFiles(appId: string, versionId: string | null): { files: readonly StreamFile[] } {
  const [kept, setKept] = useState<{ files: readonly StreamFile[] }>({ files: NONE });
  useEffect(() => {
    if (!versionId) return;
    let current = true;
    getFiles(appId, versionId).then((files) => {
      if (current) setKept({ files: keptFiles(versionId, files) });
    }, toastFailure);
    return () => {
      current = false;
    };
  }, [appId, versionId]);
  return kept;
}
