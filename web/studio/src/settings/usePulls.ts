import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../api/client";
import { listPulls, pull, stopPull } from "../api/llm";
import { text } from "../text";
import { toast, toastFailure } from "../ui/Toasts";
import { type PullState, withProgress } from "./pullProgress";

/** One that ended otherwise than by being installed. */
export interface PullFailure {
  model: string;
  error: ApiError;
}

export interface Pulls {
  running: readonly PullState[];
  failed: readonly PullFailure[];
  /** Has a model fetched, or joins where it is being fetched. */
  start: (model: string) => void;
  cancel: (model: string) => void;
  dismiss: (model: string) => void;
}

/** The models that are being fetched. They go on without this page, and are found again by it. */
export function usePulls(onInstalled: () => void): Pulls {
  const [running, setRunning] = useState<readonly PullState[]>([]);
  const [failed, setFailed] = useState<readonly PullFailure[]>([]);
  const followers = useRef(new Map<string, AbortController>());
  const installed = useRef(onInstalled);
  installed.current = onInstalled;

  const forget = useCallback((model: string) => {
    followers.current.get(model)?.abort();
    followers.current.delete(model);
    setRunning((now) => now.filter((other) => other.model !== model));
  }, []);
  const dismiss = useCallback(
    (model: string) => setFailed((now) => now.filter((other) => other.model !== model)),
    [],
  );

  const start = useCallback(
    (model: string) => {
      if (followers.current.has(model)) return;
      const controller = new AbortController();
      followers.current.set(model, controller);
      dismiss(model);
      const show = (status: string, completed: number | null, total: number | null) =>
        setRunning((now) => {
          const before = now.find((other) => other.model === model);
          const after = withProgress(before, { model, status, completed, total }, Date.now());
          return before ? now.map((other) => (other === before ? after : other)) : [...now, after];
        });
      const end = (error?: ApiError) => {
        if (controller.signal.aborted) return;
        forget(model);
        if (error) setFailed((now) => [...now, { model, error }]);
      };
      show("", null, null);
      void (async () => {
        try {
          for await (const event of pull(model, controller.signal)) {
            if (controller.signal.aborted) return;
            if (event.type === "progress") show(event.status, event.completed, event.total);
            else if (event.type === "error") {
              return end(new ApiError(200, event.code, event.error, event.hint));
            } else {
              end();
              toast(text.settings.pullDone(model));
              installed.current();
              return;
            }
          }
          end(lost());
        } catch (cause) {
          end(cause instanceof ApiError ? cause : lost());
        }
      })();
    },
    [dismiss, forget],
  );

  useEffect(() => {
    const { current } = followers;
    // What runs since before this page was opened.
    listPulls().then((pulls) => {
      for (const { model } of pulls) start(model);
    }, toastFailure);
    return () => {
      for (const controller of current.values()) controller.abort();
      current.clear();
    };
  }, [start]);

  const cancel = (model: string) => {
    stopPull(model).then(() => {
      forget(model);
      toast(text.settings.pullCancelled(model));
    }, toastFailure);
  };
  return { running, failed, start, cancel, dismiss };
}

function lost(): ApiError {
  return new ApiError(0, "lost", text.errors.lost, text.errors.lostHint);
}
