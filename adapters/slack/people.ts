import type { UsersInfoResponse, WebClient } from '@slack/web-api';
import { isZone } from '../../src/core/language/day.ts';
import { ENGLISH, type Tongue } from '../../src/core/language/text.ts';
import type { Weight } from '../../src/core/language/weight.ts';
import { tongueOf } from '../../src/core/words/tongues.ts';
import type { Clients } from './clients.ts';
import { slackCode } from './errors.ts';
import type { SorryReader } from './sorry.ts';
import { type Home, notMember, type SlackMember } from './verify.ts';

/** How long what Slack says of a person is believed; a decision always asks anew. */
const BELIEVED_MS = 5 * 60_000;
const MOST = 10_000;

/** Slack's own words for somebody whom this workspace does not have, or must not see (docs.slack.dev/reference/methods/users.info, "Errors"). */
const NOBODY: ReadonlySet<string> = new Set(['user_not_found', 'user_not_visible']);

/** That somebody is not there is an answer, and no silence. */
function orNobody(error: unknown): UsersInfoResponse {
  if (NOBODY.has(slackCode(error) ?? '')) return { ok: false };
  throw error;
}

interface Seen {
  readonly why: Promise<string | undefined>;
  zone?: string;
  tongue?: Tongue;
  readonly at: number;
}

/** Whoever did something, as whoever is told why nothing came of it. */
export function readerOf(
  { clients, members }: { readonly clients: Pick<Clients, 'worker'>; readonly members: Members },
  user: string,
): SorryReader {
  const tell = (text: string) => clients.worker.chat.postMessage({ channel: user, text });
  return { tongue: members.knownTongueOf(user), ...(user === '' ? {} : { tell }) };
}

/** Knows who is a full member. A person that Slack cannot say anything of is none. */
export class Members {
  readonly #client: WebClient;
  readonly #home: Home;
  readonly #now: () => number;
  readonly #house: Tongue;
  readonly #seen = new Map<string, Seen>();

  /** @param now monotonic milliseconds @param house what is spoken where nobody knows the person's language */
  constructor(client: WebClient, home: Home, now: () => number = () => performance.now(), house = ENGLISH) {
    this.#client = client;
    this.#house = house;
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
    const asked: Seen = { why: this.#ask(id, (known) => Object.assign(asked, known)), at: this.#now() };
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

  /** The same at once, of whom it is known. */
  knownTongueOf(id: string): Tongue {
    return this.#seen.get(id)?.tongue ?? this.#house;
  }

  /** The language that somebody's Slack is in; that of the house where Slack does not say, or it is not spoken here. */
  async tongueOf(id: string): Promise<Tongue> {
    if (!this.#seen.has(id)) await this.refusal(id, 'shows').catch(() => undefined);
    const known = this.#seen.get(id);
    // What is asked at this moment says it with the rest.
    await known?.why.catch(() => undefined);
    return known?.tongue ?? this.#house;
  }

  async #ask(id: string, told: (known: Partial<Pick<Seen, 'zone' | 'tongue'>>) => void): Promise<string | undefined> {
    const { user } = await this.#client.users.info({ user: id, include_locale: true }).catch(orNobody);
    if (user?.tz !== undefined && isZone(user.tz)) told({ zone: user.tz });
    const tongue = tongueOf(user?.locale);
    if (tongue) told({ tongue });
    return user ? notMember(user as SlackMember, this.#home) : 'unknown';
  }
}
