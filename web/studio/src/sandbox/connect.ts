// What stands between a frame and the server: the bridge, and who carries out which of its calls.
import {
  isEmpty,
  type JsonObject,
  NO_PERMISSIONS,
  RpcErrorCode,
  readNeeded,
  UNREAD_MS,
} from "@cumulonimbus/protocol";
import { text } from "../text.ts";
import { toastFailure } from "../ui/Toasts.tsx";
import { type BridgeCall, Refused } from "./BridgeCall.ts";
import { Consent } from "./consent.ts";
import { LiveChanges } from "./LiveChanges.ts";
import { allow, type Launch } from "./launch.ts";
import { modelTurns } from "./modelTurns.ts";
import { ServerError } from "./request.ts";
import type { Run, SandboxState } from "./runApp.ts";
import { SandboxBridge } from "./SandboxBridge.ts";
import { type DataCall, ServerCalls } from "./ServerCalls.ts";
import { StorageParts } from "./storageParts.ts";
import { uiCalls } from "./uiCalls.ts";

/** A frame that is connected. */
export type Connection = {
  /** Whether its app has said hello. */
  readonly opened: () => boolean;
  /** Whether it does not answer. */
  readonly hung: () => boolean;
  /** Ends it at once. */
  readonly cut: () => void;
  /** Ends it when what the app has written has reached the server, or after some seconds. */
  readonly end: () => Promise<void>;
};

/** Refusals after which no call of this launch can succeed. */
const ENDS: ReadonlySet<string> = new Set(["ended", "launch-revoked"]);
const FLUSH_PATIENCE_MS = 1_000;
const SETTLE_PATIENCE_MS = 4_000;

/** Connects a frame with the server and gives it its address. */
export function connect(
  run: Run,
  frame: HTMLIFrameElement,
  launch: Launch,
  on: {
    readonly show: (report: SandboxState, heading: string) => void;
    readonly fail: (message: string, heading: string) => void;
    /** Aborts when the run is over. */
    readonly signal: AbortSignal;
    /** Takes what the app wrote after its launch had ended. */
    readonly unsaved: DataCall[];
  },
): Connection {
  const { heading, closed } = text.sandbox;
  const calls = new ServerCalls(launch, on.unsaved);
  let hung = false;
  let over = false;
  let last: SandboxState = { state: "loading" };

  const consent = new Consent({
    dialogs: run.dialogs,
    initial: launch.permissions ?? { declared: NO_PERMISSIONS, granted: NO_PERMISSIONS },
    signal: on.signal,
    async read() {
      const { declared, granted } = (await calls.permissions()) ?? consent.state;
      return { declared, granted };
    },
    async store(granted) {
      try {
        await allow(launch.appId, launch.versionId, granted);
      } catch (error) {
        toastFailure(error);
        throw error;
      }
    },
    onChanged(state) {
      bridge.permissionsChanged(state);
      run.onConsent(consent);
    },
  });
  const parts = new StorageParts();
  const live = new LiveChanges((signal, onOpen) =>
    calls.events("/api/sandbox/live", { signal, onOpen }),
  );
  const ui = uiCalls({
    dialogs: run.dialogs,
    toast: run.toast,
    resize: (height) => {
      frame.style.height = height === null ? "" : `${Math.min(height, run.parent.clientHeight)}px`;
      return frame.clientHeight;
    },
  });

  /** A session that is over ends the app as well, with the cause in words. */
  const guarded = <T>(promise: Promise<T>): Promise<T> =>
    promise.catch((error: unknown) => {
      if (error instanceof ServerError && ENDS.has(error.code) && !over) {
        over = true;
        // What the app still keeps back comes out first, to be saved by the next launch.
        void bridge
          .flush(FLUSH_PATIENCE_MS)
          .then(() => calls.settled())
          .then(() => on.fail(error.message, heading.closed));
      }
      throw error;
    });
  const stream = (method: string, params: JsonObject, call: BridgeCall): Promise<unknown> => {
    if (method === "ai.complete") {
      return consent.around(call, () =>
        modelTurns.take(call.signal, () =>
          calls.complete(params, call.signal, (piece) => call.send(piece, UNREAD_MS)),
        ),
      );
    }
    const { collection, scope = "mine" } = params;
    if (typeof collection !== "string" || typeof scope !== "string") {
      throw new Refused(RpcErrorCode.invalidParams, text.sandbox.ui.malformed(method));
    }
    return live.watch(collection, scope, call);
  };
  const person = async (method: string, params: JsonObject, call: BridgeCall): Promise<unknown> => {
    if (method !== "permission.request") return ui(method, params, call);
    const needed = readNeeded(params);
    if (needed) return consent.request(needed, call);
    throw new Refused(RpcErrorCode.invalidParams, text.sandbox.ui.malformed(method));
  };

  const bridge = new SandboxBridge({
    host: window,
    frame: () => frame.contentWindow,
    launch: launch.launch,
    storage: launch.storage,
    user: launch.user ?? null,
    permissions: consent.state,
    carry: {
      server: async (method, params, call) => {
        if (method === "storage.part") return parts.add(params);
        const whole = method === "storage.patch" ? parts.complete(params) : params;
        return guarded(consent.around(call, () => calls.call(method, whole, call.signal)));
      },
      stream: async (method, params, call) => guarded(stream(method, params, call)),
      person,
    },
    onState(report) {
      const { state, message, ...where } = report;
      last = { state, ...(message !== "" && { message }), ...where };
      on.show(last, state === "blank" ? heading.blank : heading.error);
    },
    onError: run.onError,
    onConsole: run.onConsole,
    onHung(now) {
      hung = now;
      if (hung) on.show({ state: "error", message: text.sandbox.hung }, heading.hung);
      else on.show(last, last.state === "blank" ? heading.blank : heading.error);
    },
    onClosed: (cause) => on.fail(closed[cause], heading.closed),
  });
  // In another window the person may have decided otherwise meanwhile.
  const lookAgain = () => {
    const asks = !isEmpty(consent.state.declared);
    if (asks && !document.hidden) guarded(consent.refresh()).catch(() => {});
  };
  const hurry = () => calls.hurry();
  const calm = () => calls.calm();
  window.addEventListener("pagehide", hurry);
  window.addEventListener("pageshow", calm);
  window.addEventListener("focus", lookAgain);
  document.addEventListener("visibilitychange", lookAgain);
  frame.addEventListener("load", () => bridge.frameLoaded());
  // After the listeners, so that no load is missed.
  frame.src = launch.url;
  run.onConsent(consent);

  function cut(): void {
    window.removeEventListener("pagehide", hurry);
    window.removeEventListener("pageshow", calm);
    window.removeEventListener("focus", lookAgain);
    document.removeEventListener("visibilitychange", lookAgain);
    bridge.close();
    calls.revoke();
  }
  return {
    opened: () => bridge.opened,
    hung: () => hung,
    cut,
    async end() {
      await bridge.flush(FLUSH_PATIENCE_MS);
      await Promise.race([calls.settled(), pause(SETTLE_PATIENCE_MS)]);
      cut();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
