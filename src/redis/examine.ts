import { JitError } from '../core/errors/errors.ts';
import { dayAt } from '../core/language/day.ts';
import { SECOND_MS } from '../core/language/instant.ts';
import type { MarkKey } from '../core/rule/mark.ts';
import { type Diagnosis, faultAt, unknownAt } from '../core/view/doctor-page.ts';
import type { Examiner } from '../ports/examiner.ts';
import { fingerprint, sinceField } from './claim.ts';
import type { RedisClient } from './client.ts';
import { checkRedis, type Keeping } from './connect.ts';
import { baseKey } from './keys.ts';

interface Options {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly keeping: Keeping;
  /** The keys that sign marks, the one in use first. */
  readonly keys: readonly MarkKey[];
  /** This computer's clock. */
  readonly now: () => number;
}

const OF = 'Redis';
/** Clocks that differ by more are said. */
const SKEW_MS = 2 * SECOND_MS;
/** From this share of the memory on, as the alarm has it. */
const FULL = 0.7;

/** Looks at the store itself: settings, clock, memory, and the mark keys, with whose it knows. */
export function redisExaminer(options: Options): Examiner {
  return {
    async examine() {
      const settings = await settingsOf(options);
      // What does not answer tells nothing more.
      if (settings.verdict !== 'fine' && settings.what === 'connection') return [settings];
      return [settings, await clockOf(options), await memoryOf(options), ...(await keysOf(options))];
    },
  };
}

async function settingsOf({ redis, keeping }: Options): Promise<Diagnosis> {
  try {
    await checkRedis(redis, keeping);
    return { of: OF, what: 'settings', verdict: 'fine' };
  } catch (error) {
    const isKnown = error instanceof JitError;
    return {
      of: OF,
      what: isKnown && error.code === 'unsafeRedis' ? 'settings' : 'connection',
      verdict: 'fault',
      means: isKnown ? error.say : 'It cannot be reached.',
      remedy:
        (isKnown && error.hint) ||
        'Start it, or put its address right in `redis`; access that is over is closed all the same.',
    };
  }
}

async function clockOf({ redis, now }: Options): Promise<Diagnosis> {
  const sent = now();
  const [seconds, micros] = await redis.time();
  const theirs = Number(seconds) * SECOND_MS + Number(micros) / 1_000;
  // Its answer was made some time between.
  const got = now();
  const ahead = theirs > got ? theirs - got : Math.min(0, theirs - sent);
  if (Math.abs(ahead) <= SKEW_MS) return { of: OF, what: 'clock', verdict: 'fine' };
  const far = `${Math.round(Math.abs(ahead) / SECOND_MS)} s ${ahead > 0 ? 'ahead of' : 'behind'}`;
  return {
    of: OF,
    what: 'clock',
    verdict: 'fault',
    means: `It is ${far} this computer's; ends of access go by Redis.`,
    remedy: 'Synchronize both with NTP.',
  };
}

async function memoryOf({ redis }: Options): Promise<Diagnosis> {
  const info = await redis.info('memory');
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const [used, most] = [field('used_memory'), field('maxmemory')];
  if (most === 0)
    return {
      of: OF,
      what: 'memory',
      verdict: 'unknown',
      means: 'It has no `maxmemory`, so nobody is told before the computer runs out.',
      remedy: 'Set `maxmemory`, with `maxmemory-policy noeviction`.',
    };
  if (used < FULL * most) return { of: OF, what: 'memory', verdict: 'fine' };
  return {
    of: OF,
    what: 'memory',
    verdict: 'fault',
    means: `${Math.min(100, Math.floor((100 * used) / most))} % is used; from 85 % on, new requests are refused.`,
    remedy: 'Give it more memory, or set `audit.keep` to a number.',
  };
}

/** Each key by its id and age, never by itself; of the one in use also whether Redis knows it as such. */
async function keysOf({ redis, prefix, keys }: Options): Promise<readonly Diagnosis[]> {
  const claim = `${baseKey(prefix)}:claim`;
  const known = await redis.hget(claim, 'markKey');
  // Nobody ever claimed it: as before the first start, where nothing is wrong.
  if (known === null && (await redis.exists(claim)) === 0) return keys.slice(0, 1).map(firstKey);
  const prints = keys.map(fingerprint);
  const since = prints.length > 0 ? await redis.hmget(claim, ...prints.map(sinceField)) : [];
  return keys.map(({ id }, i) => {
    const at = Number(since[i] ?? Number.NaN);
    const age = Number.isNaN(at) ? 'age not known' : `since ${dayAt(at, 'UTC').date}`;
    const what = `mark key ${id} (${i === 0 ? 'signs' : 'kept for old marks'}, ${age})`;
    return i === 0
      ? ownKey(what, keys, prints.indexOf(known ?? ''), known === null)
      : { of: OF, what, verdict: 'fine' };
  });
}

function firstKey({ id }: MarkKey): Diagnosis {
  const what = `mark key ${id} (signs, age not known)`;
  return unknownAt(OF, what, 'Redis knows no mark key yet.', 'It is kept at the first start of Drawbridge.');
}

function ownKey(what: string, keys: readonly MarkKey[], at: number, isUnknown: boolean): Diagnosis {
  if (at === 0) return { of: OF, what, verdict: 'fine' };
  if (isUnknown) return faultAt(OF, what, 'Redis knows no mark key.', 'Start Drawbridge once, so that it is kept.');
  if (at > 0)
    return faultAt(
      OF,
      what,
      `Redis still knows the older key ${keys[at]?.id}.`,
      'Restart every process with the same `marks.keys`.',
    );
  return faultAt(
    OF,
    what,
    'Other processes sign marks with a key that is not configured here.',
    'Use the same `marks.keys` in every process, and keep old keys behind a new one.',
  );
}
