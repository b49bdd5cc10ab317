import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { JitError } from '../core/errors/errors.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../core/language/instant.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Accepted, Journal, Unfinished } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import { asking } from './asking.ts';
import type { RedisClient } from './client.ts';
import { CommitWatch } from './commit-watch.ts';
import { baseKey, short } from './keys.ts';
import { inParts } from './replies.ts';
import { scriptsOn } from './scripts.ts';
import { sealedBy } from './sealed.ts';
import { sinceBoot } from './time.ts';

/** What is kept of one delivery at most, in characters: twice what the largest form has. */
export const MOST_KEPT = 16_384;
/** An answer that is longer is not kept for a delivery that comes again. */
const MOST_ANSWER = 16_384;
/** So many deliveries are kept at most: some hundred times what people can have under way. */
const MOST_ENTRIES = 10_000;
const LOOKED_AT = 1_000;
/** For so long a delivery is left alone at most, whatever a chat asks for. */
const MOST_LEFT_MS = HOUR_MS;
/** A process that has not been heard of for so long is dead; it says that it lives every few seconds. */
const ALIVE_MS = 10 * SECOND_MS;

const entrySchema = z.object({ chat: z.enum(['slack', 'teams']), key: z.string(), what: z.string() });

export interface RedisJournalOptions {
  readonly redis: RedisClient;
  readonly prefix?: string;
  /** Whoever can write to Redis says nothing in somebody's name. */
  readonly seals: Sealer;
  readonly log: Log;
  /** How long a process that is silent counts as living. Another one is for tests. */
  readonly aliveMs?: number;
  /** How many are kept at most. Another number is for tests. */
  readonly most?: number;
}

/** That it is done, and its answer; or that it is left, and for how long at least. */
type Told = { readonly answer: string } | { readonly waitMs: number };

function acceptedOf([verdict, answer]: readonly unknown[]): Accepted {
  if (verdict === 'full') throw new JitError('tooMuchToKeep');
  if (verdict === 'new') return { isNew: true };
  // What no script says tells nobody that it was seen before: it would be dropped in silence.
  if (verdict !== 'seen') throw new JitError('storeAway');
  return { isNew: false, ...(typeof answer === 'string' ? { answer } : {}) };
}

/**
 * The journal in Redis, of one process. Every key that belongs to it:
 *
 *   journal          ids of what is accepted and not done, by when       accepted:<id>   who accepted what, and when
 *   alive:<process>  there while the process lives                       once:<id>       deliveries seen (store.ts), `=<answer>` once done
 */
export function redisJournal(options: RedisJournalOptions): Journal {
  const { redis, prefix = 'drawbridge', seals, log, aliveMs = ALIVE_MS, most = MOST_ENTRIES } = options;
  const { seal, open } = sealedBy(seals);
  const me = randomUUID();
  const base = baseKey(prefix);
  const ask = asking({ run: scriptsOn(redis), base, commits: new CommitWatch(log), elapsed: sinceBoot, log });
  /** What Redis could not be told yet. */
  const untold = new Map<string, Told>();

  async function tell(id: string, told: Told): Promise<void> {
    try {
      await ('answer' in told ? ask('done', id, told.answer) : ask('leave', id, me, told.waitMs));
      untold.delete(id);
    } catch (error) {
      if (untold.size < MOST_ENTRIES) untold.set(id, told);
      log.warn({ error }, 'Redis could not be told how a delivery went; it is told again');
    }
  }

  return {
    async accept({ chat, key, ttlMs, what, onlyCloses = false }): Promise<Accepted> {
      const isKept = what === undefined || JSON.stringify({ chat, key, what }).length <= MOST_KEPT;
      if (!isKept && !onlyCloses) throw new JitError('tooLongToKeep');
      if (!isKept) log.warn({ chat, length: what.length }, 'a delivery is too long to be kept; a kill would lose it');
      const { rest } = await ask(
        'accept',
        short(key),
        randomUUID(),
        ttlMs,
        me,
        isKept && what !== undefined ? seal(`delivery ${short(key)}`, { chat, key, what }) : '',
        DAY_MS,
        most,
        aliveMs,
        onlyCloses ? '1' : '',
      );
      return acceptedOf(rest);
    },
    done: (key, answer = '') => tell(short(key), { answer: answer.length > MOST_ANSWER ? '' : answer }),
    leave: (key, waitMs = 0) => tell(short(key), { waitMs: Math.min(Math.ceil(waitMs), MOST_LEFT_MS) }),
    async unfinished(limit) {
      for (const [id, told] of untold) await tell(id, told);
      const { now, rest } = await ask('unfinished', me, aliveMs, limit, LOOKED_AT);
      const entries: Unfinished[] = [];
      for (const [id, text, at, tries, waited] of inParts(rest, 5)) {
        const read = entrySchema.safeParse(open(`delivery ${String(id)}`, String(text)));
        if (read.success)
          entries.push({ ...read.data, at: Number(at), tries: Number(tries), waitedMs: Number(waited) });
        else {
          log.error({ id }, 'a delivery in the journal cannot be read, or is none of ours; it is not done');
          await tell(String(id), { answer: '' });
        }
      }
      return { entries, now: now.at };
    },
  };
}
