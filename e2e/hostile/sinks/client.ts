import type { Hit } from "./hits.ts";

/** The sinks as a worker sees them. */
export class Sinks {
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** A new tag for an attack of a case. */
  tag(caseId: number): string {
    const random = crypto.randomUUID().replaceAll("-", "").slice(0, 8);
    return `v${String(caseId).padStart(3, "0")}${random}`;
  }

  /** What arrived for a tag; waits for the first hit at most so many milliseconds. */
  async hits(tag: string, milliseconds = 0): Promise<readonly Hit[]> {
    return (await this.#ask(`/hits?tag=${tag}&ms=${milliseconds}`)) as Hit[];
  }

  /** A UDP port of the attack's own. */
  async udp(tag: string): Promise<number> {
    return (await this.#ask(`/udp?tag=${tag}`)) as number;
  }

  /** Says that nothing may ever arrive for a tag: looked at again when the suite ends. */
  async sealed(tag: string, vector: string): Promise<void> {
    await this.#ask(`/sealed?tag=${tag}&vector=${encodeURIComponent(vector)}`);
  }

  /** Serves a page without any of our headers, and says where. */
  async page(tag: string, html: string): Promise<string> {
    await this.#ask(`/page?tag=${tag}`, html);
    return `${this.#origin.replace("127.0.0.1", "localhost")}/${tag}`;
  }

  async #ask(path: string, body?: string): Promise<unknown> {
    const response = await fetch(this.#origin + path, body === undefined ? {} : { method: "POST", body });
    if (!response.ok) throw new Error(`the sinks answered ${response.status}: ${await response.text()}`);
    return await response.json();
  }
}
