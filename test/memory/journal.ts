import { JitError } from '../../src/core/errors/errors.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import type { Incoming, Journal, Unfinished } from '../../src/ports/journal.ts';
import { MOST_KEPT } from '../../src/redis/journal.ts';
import { Expiring } from './expiring.ts';

export interface MemoryJournal extends Journal {
  /** Another process on the same data. */
  readonly another: () => MemoryJournal;
  /** This process dies. */
  readonly die: () => void;
  /** It keeps so many at most from now on. */
  readonly keepAtMost: (most: number) => void;
  /** What is accepted and not done: its texts. */
  readonly kept: () => readonly string[];
}

interface Data {
  readonly seen: Expiring<{ answer?: string }>;
  readonly entries: Map<string, Unfinished & { readonly owner: object; readonly from?: Instant }>;
  readonly dead: Set<object>;
  most: number;
}

const NOBODY = {};

/** What Redis keeps, in memory. */
export function memoryJournal(
  now: () => Instant,
  data: Data = { seen: new Expiring(now), entries: new Map(), dead: new Set(), most: Number.POSITIVE_INFINITY },
): MemoryJournal {
  const { seen, entries, dead } = data;
  const me = {};
  return {
    another: () => memoryJournal(now, data),
    die: () => void dead.add(me),
    keepAtMost(most) {
      data.most = most;
    },
    kept: () => [...entries.values()].map(({ what }) => what),
    async accept({ chat, key, ttlMs, what, onlyCloses = false }: Incoming) {
      const isKept = what === undefined || JSON.stringify({ chat, key, what }).length <= MOST_KEPT;
      if (!isKept && !onlyCloses) throw new JitError('tooLongToKeep');
      const before = seen.get(key);
      if (before) return { isNew: false, ...before };
      if (what !== undefined && !onlyCloses && entries.size >= data.most) throw new JitError('tooMuchToKeep');
      seen.set(key, {}, ttlMs);
      if (isKept && what !== undefined) entries.set(key, { chat, key, what, at: now(), tries: 0, owner: me });
      return { isNew: true };
    },
    async done(key, answer) {
      entries.delete(key);
      const before = seen.get(key);
      if (before && answer !== undefined) before.answer = answer;
    },
    async leave(key, waitMs = 0) {
      const entry = entries.get(key);
      if (entry?.owner !== me) return;
      const wait = waitMs > 0 ? { from: now() + waitMs, waitedMs: (entry.waitedMs ?? 0) + waitMs } : {};
      entries.set(key, { ...entry, ...wait, owner: NOBODY });
    },
    async unfinished(limit) {
      const orphans = [...entries.values()]
        .filter(({ owner, from = 0 }) => from <= now() && (owner === NOBODY || (owner !== me && dead.has(owner))))
        .slice(0, limit);
      const taken = orphans.map(({ owner: _, from: __, ...entry }) => ({ ...entry, tries: entry.tries + 1 }));
      for (const entry of taken) entries.set(entry.key, { ...entry, owner: me });
      return { entries: taken, now: now() };
    },
  };
}
