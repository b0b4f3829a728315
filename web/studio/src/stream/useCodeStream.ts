import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { cancelGeneration } from "../api/client";
import type { GenerateRequest } from "../api/types";
import { type Connection, follow, type NumberedEvent, type Source } from "./connection";
import { initialState, reduceEvent, type StreamState } from "./reduce";

export interface CodeStream {
  state: StreamState;
  connection: Connection;
  /** Whether something is being followed and its end has not come. */
  running: boolean;
  /** Starts a generation. */
  start(request: GenerateRequest): void;
  /** Follows a generation that exists, from its first event on. */
  resume(generationId: string): void;
  /** Asks the server to stop the generation; its end then comes as an event. */
  stop(): Promise<void>;
}

/** Without a frame to paint (a hidden tab) events are folded in this often, in milliseconds. */
const HIDDEN_MS = 250;

/** Follows a generation: what it has said so far, folded once per painted frame. */
export function useCodeStream(): CodeStream {
  const [state, setState] = useState<StreamState>(() => initialState());
  const [connection, setConnection] = useState<Connection>({ state: "idle" });
  const following = useRef<AbortController | null>(null);

  const listen = useCallback((source: Source) => {
    following.current?.abort();
    const controller = new AbortController();
    following.current = controller;
    const isCurrent = () => following.current === controller;

    let queue: NumberedEvent[] = [];
    let scheduled = false;
    const fold = () => {
      if (!scheduled) return;
      scheduled = false;
      const events = queue;
      queue = [];
      if (!isCurrent()) return;
      setState((before) => events.reduce((s, { id, event }) => reduceEvent(s, id, event), before));
    };
    // What was shown before stays until the server has accepted the next request: if it refuses,
    // nothing is lost from view.
    let cleared = !("request" in source);
    if (cleared) setState(initialState());
    void follow(
      source,
      {
        onEvents(events) {
          queue.push(...events);
          if (scheduled) return;
          scheduled = true;
          if (!document.hidden) requestAnimationFrame(fold);
          setTimeout(fold, HIDDEN_MS);
        },
        onConnection(now) {
          if (!isCurrent()) return;
          if (now.state === "open" && !cleared) {
            cleared = true;
            setState(initialState());
          }
          setConnection(now);
        },
      },
      controller.signal,
    );
  }, []);

  useEffect(() => () => following.current?.abort(), []);

  const generationId = state.generationId;
  return useMemo(
    () => ({
      state,
      connection,
      running: isRunning(state, connection),
      start: (request) => listen({ request }),
      resume: (id) => listen({ generationId: id, after: 0 }),
      stop: async () => {
        if (generationId) await cancelGeneration(generationId);
      },
    }),
    [state, connection, generationId, listen],
  );
}

function isRunning(state: StreamState, connection: Connection): boolean {
  if (state.outcome !== "running") return false;
  return (
    connection.state === "connecting" ||
    connection.state === "open" ||
    connection.state === "waiting"
  );
}
