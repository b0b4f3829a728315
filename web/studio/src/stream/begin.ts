import type { ApiError } from "../api/client";
import type { GenerateRequest } from "../api/types";
import { follow } from "./connection";

export interface Begun {
  generationId: string;
  appId: string;
}

/**
 * Starts a generation and gives its ids, which the server stores before it sends them. The
 * generation goes on by itself; the page that is opened next follows it.
 */
export function begin(request: GenerateRequest): Promise<Begun> {
  const controller = new AbortController();
  return new Promise<Begun>((resolve, reject: (error: ApiError) => void) => {
    void follow(
      { request },
      {
        onEvents(events) {
          for (const { event } of events) {
            if (event.type !== "status") continue;
            resolve({ generationId: event.generationId, appId: event.appId });
            controller.abort();
            return;
          }
        },
        onConnection(connection) {
          if (connection.state === "failed") reject(connection.error);
        },
      },
      controller.signal,
    );
  });
}
