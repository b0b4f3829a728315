import type { Stage } from "../arena/stage.ts";
import type { Finding } from "../arena/vector.ts";

/** One case of the design's list. */
export interface Case {
  /** Its number in the design, from 1 to 106. */
  readonly id: number;
  readonly title: string;
  readonly category: "escape" | "injection" | "exfiltration" | "bridge" | "data" | "exhaustion" | "interface" | "server";
  /** No browser takes part, so that one run is enough. */
  readonly browserless?: true;
  /** Attacks, and says what came of it. */
  readonly run: (stage: Stage) => Promise<Finding[]>;
}
