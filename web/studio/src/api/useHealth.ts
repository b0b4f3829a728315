import { useCallback, useState } from "react";
import { getHealth, hasModel } from "./client";
import type { Health } from "./types";
import { type Resource, useResource } from "./useResource";

const EVERY_MS = { ready: 30_000, none: 5_000, unknown: 1_000 };

/**
 * The providers, asked again quickly while none is ready, so that connecting one just works, and
 * more quickly while the server itself has not heard of one, as right after its start.
 */
export function useHealth(): Resource<Health> {
  const [known, setKnown] = useState<keyof typeof EVERY_MS>("ready");
  const load = useCallback(async (): Promise<Health> => {
    const health = await getHealth();
    const unheard = health.providers.some((p) => p.enabled && !p.healthy && p.latencyMs == null);
    setKnown(unheard ? "unknown" : hasModel(health) ? "ready" : "none");
    return health;
  }, []);
  return useResource(load, EVERY_MS[known]);
}
