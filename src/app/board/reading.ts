import { createHash, randomUUID } from 'node:crypto';
import { type BoardRow, isOwnRow } from '../../core/board/row.ts';
import { JitError } from '../../core/errors/errors.ts';
import { DAY_MS } from '../../core/language/instant.ts';
import type { Deps } from '../deps.ts';
import { actorIn, type Seat } from './seat.ts';

/** Entries that one session writes: the last one says that there is more. */
const MOST_ENTRIES = 200;
/** Sessions that are remembered here; what is forgotten is known by the store for a day. */
const MOST_SESSIONS = 500;

interface Read {
  readonly view: string;
  readonly filter: string;
  /** What is shown, or what it was made of. */
  readonly rows: Iterable<BoardRow>;
  /** The one request that it is about. */
  readonly request?: string;
}

/** What somebody reads of others is evidence, before they get it: one entry for each view and filter of a session, however often it is drawn. */
export class ReadingLog {
  readonly #deps: Pick<Deps, 'store' | 'audit'>;
  readonly #seen = new Map<string, Set<string>>();

  constructor(deps: Pick<Deps, 'store' | 'audit'>) {
    this.#deps = deps;
  }

  /** Throws `auditSilent`: then nothing of it is shown. */
  async note(seat: Seat, { view, filter, rows, request }: Read): Promise<void> {
    if (isAllOwn(rows, seat)) return;
    const seen = this.#seenBy(seat.session);
    const what = `${view} ${filter}`;
    if (seen.has(what) || seen.size >= MOST_ENTRIES) return;
    const isLast = seen.size === MOST_ENTRIES - 1;
    const key = `board:${seat.session}:${digest(what)}`;
    const own = randomUUID();
    if ((await this.#deps.store.firstSaid(key, own, DAY_MS)) === own) {
      const why = `board, ${view}: ${isLast ? 'and more than is listed here' : filter}`;
      const about = { why, ...(request === undefined ? {} : { request }) };
      await this.#write(seat, key, about);
    }
    seen.add(what);
  }

  async #write(seat: Seat, key: string, about: { readonly why: string; readonly request?: string }): Promise<void> {
    const { store, audit } = this.#deps;
    try {
      const by = actorIn(seat);
      await audit.record({ act: randomUUID(), event: 'read', outcome: 'done', by, as: 'reader', ...about });
    } catch (cause) {
      await store.unsaid(key);
      throw new JitError('auditSilent', {}, { cause });
    }
  }

  #seenBy(session: string): Set<string> {
    const known = this.#seen.get(session);
    if (known) return known;
    const [oldest] = this.#seen.keys();
    if (this.#seen.size >= MOST_SESSIONS && oldest !== undefined) this.#seen.delete(oldest);
    const fresh = new Set<string>();
    this.#seen.set(session, fresh);
    return fresh;
  }
}

/** As a rule the first one is somebody else's. */
function isAllOwn(rows: Iterable<BoardRow>, { right }: Seat): boolean {
  for (const row of rows) if (!isOwnRow(row, right)) return false;
  return true;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
