import { randomUUID } from 'node:crypto';
import type { Actor, AuditEntry } from '../../core/audit/entry.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import type { Audit } from '../../ports/audit.ts';

/** So many refusals of one actor are each an entry within this time; what is more is summed up. */
const MOST_EACH = 20;
const WITHIN_MS = 5 * MINUTE_MS;
/** So many are told at once: a process that dies loses the count of fewer. */
const MOST_UNTOLD = 500;
/** Actors that are told apart; what comes of more is summed up together. */
const MOST_ACTORS = 5_000;
const OTHERS = 'others';

interface Counted {
  readonly since: number;
  kept: number;
  /** How often, by the code, since it was told last. */
  untold: Map<string, number>;
  last: Pick<AuditEntry, 'by' | 'as'>;
}

/**
 * An audit that no flood of refusals fills: of one actor the first ones of five minutes are entries, and then there is one for up to 500
 * of them, which says how many there were, and why. `settle` tells what is not told yet, and is called every few seconds, and at the end.
 */
export function summingUp(audit: Audit, monotonic: () => number): Audit {
  const all = new Map<string, Counted>();

  const tell = async (counted: Counted): Promise<void> => {
    const { untold, last } = counted;
    if (untold.size === 0) return;
    counted.untold = new Map();
    const total = [...untold.values()].reduce((sum, count) => sum + count, 0);
    const codes = [...untold].map(([code, count]) => `${code} ${count}`).join(', ');
    const why = `refused ${total} more times: ${codes}`;
    try {
      await audit.record({ act: randomUUID(), event: 'refused more', outcome: 'refused', ...last, why });
    } catch (error) {
      for (const [code, count] of untold) counted.untold.set(code, (counted.untold.get(code) ?? 0) + count);
      throw error;
    }
  };

  return {
    ...audit,
    async record(entry) {
      if (entry.outcome !== 'refused') return audit.record(entry);
      const counted = countedOf(all, entry, monotonic());
      if (counted.kept < MOST_EACH) {
        await audit.record(entry);
        counted.kept += 1;
        return;
      }
      const code = entry.code ?? 'none';
      counted.untold.set(code, (counted.untold.get(code) ?? 0) + 1);
      const total = [...counted.untold.values()].reduce((sum, count) => sum + count, 0);
      if (total >= MOST_UNTOLD) await tell(counted);
    },
    async settle(isEnd) {
      const now = monotonic();
      for (const [key, counted] of all) {
        if (!isEnd && now - counted.since < WITHIN_MS) continue;
        await tell(counted);
        all.delete(key);
      }
    },
  };
}

function countedOf(all: Map<string, Counted>, { by, as }: AuditEntry, since: number): Counted {
  const own = keyOf(by);
  const isKnown = all.has(own) || all.size < MOST_ACTORS;
  const key = isKnown ? own : OTHERS;
  const counted = all.get(key) ?? { since, kept: isKnown ? 0 : MOST_EACH, untold: new Map(), last: { by, as } };
  counted.last = isKnown ? { by, as } : { by: 'drawbridge', as: 'program' };
  all.set(key, counted);
  return counted;
}

function keyOf(by: Actor): string {
  if (typeof by === 'string') return by;
  return 'person' in by ? `person ${by.person.id}` : `user ${by.user} ${by.host}`;
}
