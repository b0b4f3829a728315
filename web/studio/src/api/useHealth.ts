import { useCallback, useState } from "react";
import { getHealth, hasModel } from "./client";
import type { Health } from "./types";
import { type Resource, useResource } from "./useResource";

/** The providers, asked again quickly while none is ready, so that connecting one just works. */
export function useHealth(): Resource<Health> {
  const [ready, setReady] = useState(true);
  const load = useCallback(async (): Promise<Health> => {
    const health = await getHealth();
    setReady(hasModel(health));
    return health;
  }, []);
  return useResource(load, ready ? 30_000 : 5000);
}
