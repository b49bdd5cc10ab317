import type { WebClient } from '@slack/web-api';
import { type Home, type Member, notMember } from './verify.ts';

/** How long what Slack says of a person is believed; a decision always asks anew. */
const BELIEVED_MS = 5 * 60_000;
const MOST = 10_000;

/** Knows who is a full member. A person that Slack cannot say anything of is none. */
export class Members {
  readonly #client: WebClient;
  readonly #home: Home;
  readonly #seen = new Map<string, { readonly why: string | undefined; readonly at: number }>();

  constructor(client: WebClient, home: Home) {
    this.#client = client;
    this.#home = home;
  }

  /** Why this person may not act; undefined for a full member. Throws when Slack does not answer: nobody is let in then. */
  async refusal(id: string, fresh: boolean): Promise<string | undefined> {
    const known = this.#seen.get(id);
    if (!fresh && known && performance.now() - known.at < BELIEVED_MS) return known.why;
    const { user } = await this.#client.users.info({ user: id });
    const why = user ? notMember(user as Member, this.#home) : 'unknown';
    if (this.#seen.size >= MOST) this.#seen.clear();
    this.#seen.set(id, { why, at: performance.now() });
    return why;
  }
}
