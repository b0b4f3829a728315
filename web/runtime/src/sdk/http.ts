import { fromBase64 } from "@cumulonimbus/protocol";
import { CumulonimbusError, call } from "./host.ts";

/** How a request is made. */
export type HttpInit = {
  /** `GET` if left out. */
  readonly method?: string;
  /** Only `accept`, `content-type`, `authorization` and names that begin with `x-` are sent. */
  readonly headers?: HeadersInit;
  /** At most 1 MiB. */
  readonly body?: string | URLSearchParams;
  readonly signal?: AbortSignal;
};

/** Bodies are not allowed with these (Fetch Standard, null body status). */
const WITHOUT_BODY = new Set([101, 103, 204, 205, 304]);

/** Requests to other sites, made by the server: without cookies, at most 5 MiB and 20 s. */
export const http = Object.freeze({
  /**
   * Like the browser's `fetch`, to the domains that the app has declared and the person has
   * allowed. Redirects are not followed but returned. Rejects with `permission-needed`, with
   * `quota…`, or when there is no answer.
   */
  async fetch(
    url: string | URL,
    { method = "GET", headers, body, signal }: HttpInit = {},
  ): Promise<Response> {
    const sent = headersOf(headers);
    if (body instanceof URLSearchParams && !sent.has("content-type")) {
      sent.set("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
    }
    const params = {
      url: String(url),
      method: String(method).toUpperCase(),
      headers: Object.fromEntries(sent),
      body: body === undefined ? undefined : String(body),
    };
    const answer = (await call("http.fetch", params, signal)) as WireResponse;
    const content = answer.base64 ? fromBase64(answer.body) : answer.body;
    const response = new Response(WITHOUT_BODY.has(answer.status) ? null : content, {
      // `Response` cannot be made with the other codes.
      status: answer.status >= 200 && answer.status <= 599 ? answer.status : 502,
      headers: answer.headers,
    });
    Object.defineProperty(response, "url", { value: params.url });
    return response;
  },
});

/** @throws CumulonimbusError `bad-call` for a name or value that no header can have. */
function headersOf(init: HeadersInit | undefined): Headers {
  try {
    return new Headers(init);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CumulonimbusError("bad-call", `The headers do not fit: ${why}`);
  }
}

type WireResponse = {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly base64?: boolean;
};
