import type { WebClient } from '@slack/web-api';
import { isZone } from '../../src/core/language/day.ts';
import type { Weight } from '../../src/core/language/weight.ts';
import { type Home, notMember, type SlackMember } from './verify.ts';

/** How long what Slack says of a person is believed; a decision always asks anew. */
const BELIEVED_MS = 5 * 60_000;
const MOST = 10_000;

interface Seen {
  readonly why: Promise<string | undefined>;
  zone?: string;
  readonly at: number;
}

/** Knows who is a full member. A person that Slack cannot say anything of is none. */
export class Members {
  readonly #client: WebClient;
  readonly #home: Home;
  readonly #now: () => number;
  readonly #seen = new Map<string, Seen>();

  /** @param now monotonic milliseconds */
  constructor(client: WebClient, home: Home, now: () => number = () => performance.now()) {
    this.#client = client;
    this.#home = home;
    this.#now = now;
  }

  /**
   * Why this person may not act; undefined for a full member. What only shows believes what Slack said minutes ago; all else
   * asks anew. Throws when Slack does not answer: nobody is let in then, but to close, whoever was a member when it last did.
   */
  async refusal(id: string, weight: Weight): Promise<string | undefined> {
    const known = this.#seen.get(id);
    if (weight === 'shows' && known && this.#now() - known.at < BELIEVED_MS) return known.why;
    if (this.#seen.size >= MOST) this.#seen.clear();
    // The question itself is kept, so that a crowd of deliveries of one person asks once.
    const asked: Seen = { why: this.#ask(id, (zone) => Object.assign(asked, { zone })), at: this.#now() };
    this.#seen.set(id, asked);
    try {
      return await asked.why;
    } catch (error) {
      if (this.#seen.get(id) === asked) this.#seen.delete(id);
      if (weight !== 'closes' || !known) throw error;
      this.#seen.set(id, known);
      return known.why;
    }
  }

  /** The time zone of somebody who was asked about, where Slack said it. */
  zoneOf(id: string): string | undefined {
    return this.#seen.get(id)?.zone;
  }

  async #ask(id: string, zoned: (zone: string) => void): Promise<string | undefined> {
    const { user } = await this.#client.users.info({ user: id });
    if (user?.tz !== undefined && isZone(user.tz)) zoned(user.tz);
    return user ? notMember(user as SlackMember, this.#home) : 'unknown';
  }
}
