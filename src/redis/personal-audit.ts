import { namedIn } from '../core/audit/record.ts';
import { partsIn, withoutPeople } from '../core/audit/sealed.ts';
import { JitError } from '../core/errors/errors.ts';
import type { ErasedPeople } from '../ports/people-keys.ts';
import type { Erasure, PersonalPlace } from '../ports/personal.ts';
import { memoryOf, readEntry } from './audit.ts';
import { answers, type RedisClient } from './client.ts';

const AT_ONCE = 500;
/** A copy of the stream is made beside it: with more than so much of the memory, nothing could be written any more. */
const MOST_MEMORY = 0.8;

/** What was written while it was copied is copied as well, so often. */
const MOST_ROUNDS = 50;

/**
 * Puts the copy in the place of the stream, with what came since behind it: KEYS are both, ARGV[1] is the last entry of the copy.
 * Nothing that came since says anything that was to be erased. Answers 0 where too much came.
 */
const PUT = `local since = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', 201)
if #since > 200 then return 0 end
for _, entry in ipairs(since) do redis.call('XADD', KEYS[2], entry[1], unpack(entry[2])) end
local info = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then redis.call('XSETID', KEYS[2], info[i + 1]) end
end
redis.call('RENAME', KEYS[2], KEYS[1])
return 1`;

/**
 * The audit in Redis. An entry of a stream cannot be changed: the stream is copied without what is to be erased, and the copy takes
 * its place, with the same entries under the same ids. What a kill left of a copy is thrown away.
 */
export function personalAudit({ redis, base }: { readonly redis: RedisClient; readonly base: string }): PersonalPlace {
  const [stream, copy] = [`${base}:audit`, `${base}:audit-copy`];
  /** Those that are there when it begins, some at a time: others are written meanwhile. */
  const entries: Entries = async function* (from = '-') {
    const [end] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
    for (let after = from; end !== undefined; ) {
      const some = await redis.xrange(stream, after, end[0], 'COUNT', AT_ONCE);
      const last = some.at(-1)?.[0];
      if (last === undefined) return;
      yield some;
      after = `(${last}`;
    }
  };
  return {
    name: 'Redis: audit',
    async *find(person) {
      for await (const some of entries())
        for (const [id, fields] of some) {
          const entry = readEntry(id, fields);
          if (entry && Object.hasOwn(partsIn(entry.people) ?? namedIn(entry), person)) yield entry;
        }
    },
    async erase(erased): Promise<Erasure> {
      let changed = 0;
      for await (const some of entries())
        for (const [id, fields] of some) if (without(erased, id, fields) !== fields) changed += 1;
      if (changed > 0) await putCopy(redis, { stream, copy, entries, erased });
      return { changed, left: 0 };
    },
  };
}

type Entries = (from?: string) => AsyncIterable<readonly (readonly [string, readonly string[]])[]>;

interface Copying {
  readonly stream: string;
  readonly copy: string;
  readonly entries: Entries;
  readonly erased: ErasedPeople;
}

async function putCopy(redis: RedisClient, { stream, copy, entries, erased }: Copying): Promise<void> {
  const [size, info] = [(await redis.memory('USAGE', stream)) ?? 0, await redis.info('memory')];
  const { usedBytes = 0, mostBytes = Number.POSITIVE_INFINITY } = memoryOf(info);
  if (usedBytes + size > mostBytes * MOST_MEMORY)
    throw new JitError('eraseNoRoom', { mb: String(Math.ceil(size / 1e6)) });
  await redis.del(copy);
  try {
    let last = '0-0';
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      for await (const some of entries(`(${last}`)) {
        const adding = redis.pipeline();
        for (const [id, fields] of some) adding.xadd(copy, id, ...without(erased, id, fields));
        await answers(adding.exec());
        last = some.at(-1)?.[0] ?? last;
      }
      if ((await redis.eval(PUT, 2, stream, copy, last)) === 1) return;
    }
    throw new JitError('storeAway');
  } finally {
    await redis.del(copy);
  }
}

/** The same fields where they say nothing of whoever was erased. */
function without(erased: ErasedPeople, id: string, fields: readonly string[]): string[] {
  const entry = readEntry(id, fields);
  const place = fields.indexOf('people') + 1;
  if (!entry || place === 0) return fields as string[];
  const isGone = (person: string) => (erased.of(person) ?? 0) >= entry.at;
  const people = withoutPeople(entry.people, isGone, Object.keys(namedIn(entry)));
  return people === entry.people ? (fields as string[]) : fields.with(place, people);
}
