/** What an attack is told: where the sinks are, under a name of its own. */
export interface Evil {
  /** The tag, such as `v025abcdefgh`. */
  readonly tag: string;
  /** `{tag}.evil.test`. */
  readonly host: string;
  /** `http://{host}`. */
  readonly http: string;
  /** `https://{host}`. */
  readonly https: string;
  /** The address of the sinks. */
  readonly ip: string;
  /** A UDP port that is this attack's own. */
  readonly udp: number;
  /** The origin of the page around the app. */
  readonly page: string;
}

/** One way out. */
export interface Vector {
  readonly name: string;
  /**
   * The attack itself. It is sent as text into the app and into its negative control, and sees
   * nothing but its argument.
   */
  readonly attack: (evil: Evil) => unknown;
  /** Whether the browser has what the attack needs; also sent as text. True when left out. */
  readonly needs?: () => boolean;
  /**
   * Why nothing arrives from the negative control either, where that is the browser's doing and no
   * feature check tells it. Counted as unsupported, never as blocked.
   */
  readonly silent?: string;
  /**
   * It navigates, opens or ends something, so that it has a page of its own. `"control"`: only where
   * nothing stops it; in an app, such attacks follow one another, each in a click of its own.
   */
  readonly alone?: true | "control";
  /** Text of an `index.html` body for the attack to work on, in both places. */
  readonly html?: string;
}

/** What became of an attack. */
export type Outcome =
  /** Nothing arrived, and the same attack without our headers did arrive. */
  | "blocked"
  /** Something arrived. */
  | "leaked"
  /** Something arrived, as SECURITY.md says it does. */
  | "leaked, as known"
  /** Nothing left the browser, but it worked, as SECURITY.md says it does. */
  | "possible, as known"
  /** It arrived where it had to: in a page without our headers. */
  | "heard"
  /** The browser has no such feature. */
  | "unsupported"
  /** The product has no such feature; what is true today was tested. */
  | "not there yet"
  /** The case proves nothing, or something else is wrong. */
  | "failed";

/** One line of the report. */
export interface Finding {
  readonly vector: string;
  readonly outcome: Outcome;
  /** How it was seen, in words. */
  readonly seen: string;
  /** A time that was measured, in milliseconds, where the report tells times. */
  readonly milliseconds?: number;
}

/** Runs inside the page: carries out so many attacks of the page with each click, one after the other. */
export function carryOut(
  vectors: readonly { readonly evil: Evil; readonly attack: Vector["attack"]; readonly needs: () => boolean }[],
  eachTime: number,
): void {
  const waiting = [...vectors];
  const log: Record<string, string> = {};
  Object.assign(window, { hostileLog: log });
  const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  document.addEventListener("click", (event) => {
    if ((event.target as Element).id !== "go") return;
    for (const { evil, attack, needs } of waiting.splice(0, eachTime)) {
      const run = async () => {
        if (!needs()) return "unsupported";
        const result = await Promise.race([attack(evil), sleep(2_000)]);
        return `ran${typeof result === "string" ? `: ${result}` : ""}`;
      };
      log[evil.tag] = "running";
      run().then(
        (text) => {
          log[evil.tag] = text.slice(0, 200);
        },
        (error: unknown) => {
          log[evil.tag] = `threw ${String(error).slice(0, 200)}`;
        },
      );
    }
  });
}

/** The text of a script that carries out attacks when `#go` is clicked; see `Vector.alone`. */
export function script(vectors: readonly { readonly evil: Evil; readonly vector: Vector }[]): string {
  const list = vectors.map(
    ({ evil, vector }) =>
      `{evil:${JSON.stringify(evil)},attack:${vector.attack},needs:${vector.needs ?? "() => true"}}`,
  );
  return `(${carryOut})([${list.join(",\n")}], ${clicks(vectors) === 1 ? vectors.length : 1});`;
}

/** How many clicks it takes to carry out attacks of one page. */
export function clicks(vectors: readonly { readonly vector: Vector }[]): number {
  return vectors.some(({ vector }) => vector.alone === "control") ? vectors.length : 1;
}
