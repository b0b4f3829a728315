import { useCallback, useRef, useState } from "react";
import { getLlmSettings, type LlmPreferences, type LlmSettings, putLlmSettings } from "../api/llm";
import { type Resource, useResource } from "../api/useResource";
import { toastFailure } from "../ui/Toasts";

export type Saving = "idle" | "saving" | "saved" | "failed";

export interface SavedSettings {
  settings: Resource<LlmSettings>;
  saving: Saving;
  /** Shows the change at once and keeps it; takes it back where the server refuses. */
  save: (change: Partial<LlmPreferences>) => Promise<boolean>;
}

/** What the person chose about models. `onSaved`: something else may hold now. */
export function useLlmSettings(onSaved: () => void): SavedSettings {
  const settings = useResource(getLlmSettings);
  const [saving, setSaving] = useState<Saving>("idle");
  // One after the other: each sends all of them, and the last one must win.
  const queue = useRef<Promise<unknown>>(Promise.resolve());
  const { data, set } = settings;
  const newest = useRef(data);
  newest.current = data;

  const save = useCallback(
    (change: Partial<LlmPreferences>): Promise<boolean> => {
      const before = newest.current;
      if (!before) return Promise.resolve(false);
      const after = { ...before, ...change };
      newest.current = after;
      set(() => after);
      setSaving("saving");
      const done = queue.current.then(async () => {
        try {
          await putLlmSettings(preferencesOf({ ...(newest.current ?? after), ...change }));
          setSaving("saved");
          onSaved();
          return true;
        } catch (error) {
          const back = Object.fromEntries(
            Object.keys(change).map((field) => [field, before[field as keyof LlmPreferences]]),
          );
          set((now) => now && { ...now, ...back });
          setSaving("failed");
          toastFailure(error);
          return false;
        }
      });
      queue.current = done;
      return done;
    },
    [set, onSaved],
  );
  return { settings, saving, save };
}

/** The fields that a person sets, and none of those that the server adds. */
export function preferencesOf(settings: LlmPreferences): LlmPreferences {
  const { provider, ollamaModel, ollamaSmallModel, openrouterModel } = settings;
  const { fallbackEnabled, thinking, monthlyCapUsd } = settings;
  return {
    provider,
    ollamaModel,
    ollamaSmallModel,
    openrouterModel,
    fallbackEnabled,
    thinking,
    monthlyCapUsd,
  };
}
