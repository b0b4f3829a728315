import {
  allows,
  isEmpty,
  type NeededPermission,
  type PermissionState,
  type Permissions,
  readNeeded,
  union,
  without,
} from "@cumulonimbus/protocol";
import type { BridgeCall } from "./BridgeCall.ts";
import { allowed, type Dialogs } from "./Dialogs.ts";
import { ServerError } from "./request.ts";

/** What a run needs to ask for permissions. */
export type ConsentOptions = {
  readonly dialogs: Dialogs;
  readonly initial: PermissionState;
  /** Ends with the run. */
  readonly signal: AbortSignal;
  /** What is allowed now, here and elsewhere; from then on the run's calls have it. */
  readonly read: () => Promise<PermissionState>;
  /** Stores the whole of what is allowed from now on. */
  readonly store: (granted: PermissionState["granted"]) => Promise<void>;
  readonly onChanged: (state: PermissionState) => void;
};

/**
 * The permissions of one run of an app. The person is asked once in a run, for everything that the
 * app declares and does not have, and a call that lacked it is made again when they agree.
 *
 * Other windows give permissions and take them back as well, so what is allowed is read anew before
 * the person is asked and before their answer is stored: what was taken back elsewhere does not
 * come back unasked, and what was given elsewhere is not asked for.
 */
export class Consent {
  readonly #options: ConsentOptions;
  #state: PermissionState;
  #asked: Promise<void> | undefined;

  constructor(options: ConsentOptions) {
    this.#options = options;
    this.#state = options.initial;
  }

  get state(): PermissionState {
    return this.#state;
  }

  /** Whether something declared is not allowed. */
  get incomplete(): boolean {
    return !isEmpty(without(this.#state.declared, this.#state.granted));
  }

  /** Makes a call, and once more if it lacked a permission that the person then gives. */
  async around<T>(call: BridgeCall, carry: () => Promise<T>): Promise<T> {
    try {
      return await carry();
    } catch (error) {
      const lacked =
        error instanceof ServerError && error.code === "permission-needed"
          ? readNeeded(error.details)
          : undefined;
      if (!lacked || !allows(this.#state.declared, lacked)) throw error;
      await this.refresh();
      if (!(await this.#given(lacked, call))) throw error;
    }
    return carry();
  }

  /** Whether something is allowed, after asking if it can be asked for. */
  async request(needed: NeededPermission, call: BridgeCall): Promise<boolean> {
    return allows(this.#state.granted, needed) || this.#given(needed, call);
  }

  /** Asks, by the person's own wish also a second time. */
  ask({ again = false } = {}): Promise<void> {
    if (again) this.#asked = undefined;
    this.#asked ??= this.#ask().catch((error: unknown) => {
      // Nobody was asked, or their answer was not stored.
      this.#asked = undefined;
      throw error;
    });
    return this.#asked;
  }

  /** Reads what is allowed by now. */
  async refresh(): Promise<void> {
    const before = this.#state.granted;
    const now = await this.#options.read();
    // What was taken back since may be asked for again.
    if (!isEmpty(without(before, now.granted))) this.#asked = undefined;
    if (!sameSet(before, now.granted)) this.#set(now);
  }

  #set(state: PermissionState): void {
    this.#state = state;
    this.#options.onChanged(state);
  }

  async #given(needed: NeededPermission, call: BridgeCall): Promise<boolean> {
    const { declared, granted } = this.#state;
    if (!allows(declared, needed)) return false;
    if (!allows(granted, needed)) {
      call.hold();
      await this.ask();
    }
    return allows(this.#state.granted, needed) && !call.signal.aborted;
  }

  async #ask(): Promise<void> {
    const { dialogs, signal, store } = this.#options;
    await this.refresh();
    const { declared, granted } = this.#state;
    const missing = without(declared, granted);
    if (isEmpty(missing)) return;
    const { reasons = {} } = declared;
    const more = allowed(await dialogs.ask({ kind: "consent", missing, reasons }, signal));
    if (!more) return;
    // The question may have stood there for long.
    await this.refresh();
    await store(union(this.#state.granted, more));
    await this.refresh();
  }
}

function sameSet(a: Permissions, b: Permissions): boolean {
  return isEmpty(without(a, b)) && isEmpty(without(b, a));
}
