import { HOUR_MS } from '../../../src/core/language/instant.ts';

/** Kept at most; the oldest is forgotten first. */
const MOST = 1_000;
const KEPT_MS = HOUR_MS;
/** A session of a role that Drawbridge assumed: see sdk-config.ts. What it did itself is no news. */
const OWN = /:assumed-role\/[^/]+\/drawbridge(?:-|$)/;

/** Who changed which interface or instance last, as CloudTrail told: for words alone, since a message may be forged. */
export class Changers {
  readonly #last = new Map<string, { readonly at: number; readonly by: string }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** `id`: `eni-…` or `i-…`. `by`: the ARN of who called. */
  note(id: string, by: string): void {
    if (OWN.test(by)) return;
    this.#last.delete(id);
    this.#last.set(id, { at: this.#now(), by });
    const [oldest] = this.#last.keys();
    if (this.#last.size > MOST && oldest !== undefined) this.#last.delete(oldest);
  }

  /** The last of those who changed one of these, within the last hour. */
  of(ids: readonly (string | undefined)[]): string | undefined {
    const known = ids.flatMap((id) => (id === undefined ? [] : (this.#last.get(id) ?? [])));
    const fresh = known.filter(({ at }) => this.#now() - at < KEPT_MS);
    return fresh.toSorted((a, b) => b.at - a.at)[0]?.by;
  }
}
