import { findSimilar, type Offer } from "../api/llm";

/** How long a request may wait for what could be offered in its place, in milliseconds. */
const PATIENCE_MS = 1_500;

/**
 * Replies that are kept from before and fit this request. Never an obstacle: where none can be
 * told in time, there are none.
 */
export async function offersFor(request: Parameters<typeof findSimilar>[0]): Promise<Offer[]> {
  try {
    return await findSimilar(request, AbortSignal.timeout(PATIENCE_MS));
  } catch {
    return [];
  }
}
