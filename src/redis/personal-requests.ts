import { rowOf } from '../core/board/row.ts';
import { redactedRequest } from '../core/request/redacted-request.ts';
import type { Request } from '../core/request/request.ts';
import { isTerminal } from '../core/request/workflow.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { ErasedPeople } from '../ports/people-keys.ts';
import type { Erasure, PersonalPlace } from '../ports/personal.ts';
import { answers, type RedisClient } from './client.ts';
import { decodeRequest, encodeRequest } from './codec.ts';
import { keysLike } from './keys-like.ts';

const AT_ONCE = 50;

/** Only what is still as it was read, for as long as it was to be kept; with its row on the board, where there is one. */
const REPLACE = `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
if redis.call('HEXISTS', KEYS[2], ARGV[3]) == 1 then redis.call('HSET', KEYS[2], ARGV[3], ARGV[4]) end
return 1`;

/**
 * Requests, with their cards, and what the board shows of them. Those of a person who was erased go as a whole, as they would after
 * `redis.keepDays`; of those of others, the person's name and words. What is not over is left: it has to be closed, and told of.
 */
export function personalRequests({
  redis,
  base,
  seals,
}: {
  readonly redis: RedisClient;
  readonly base: string;
  readonly seals: Sealer;
}): PersonalPlace {
  const all = async function* () {
    for await (const keys of keysLike(redis, `${base}:request:`)) {
      for (let from = 0; from < keys.length; from += AT_ONCE) {
        const some = keys.slice(from, from + AT_ONCE);
        const texts = await redis.mget(...some);
        for (const [i, key] of some.entries()) {
          const id = key.slice(`${base}:request:`.length);
          const request = texts[i] ? decodeRequest(id, texts[i], seals).request : undefined;
          if (request) yield { id, key, text: texts[i] ?? '', request };
        }
      }
    }
  };
  return {
    name: 'Redis: requests',
    async *find(person) {
      for await (const { request } of all())
        if (request.requester.id === person || redactedRequest(request, (id) => id === person)) yield request;
    },
    async erase(erased): Promise<Erasure> {
      let [changed, left] = [0, 0];
      for await (const { id, key, text, request } of all()) {
        const isTheirs = isGone(erased, request)(request.requester.id);
        const next = redactedRequest(request, isGone(erased, request));
        if (!isTheirs && !next) continue;
        if (!isAtRest(request)) left += 1;
        else if (isTheirs) await drop(redis, base, id);
        else if (next)
          await redis.eval(
            REPLACE,
            2,
            key,
            `${base}:board-rows`,
            text,
            encodeRequest(next, seals),
            id,
            JSON.stringify(rowOf(next)),
          );
        if (isAtRest(request)) changed += 1;
      }
      // The board of each process reads anew what it remembers (board-rows.ts).
      if (changed > 0) await redis.incr(`${base}:board-erased`);
      return { changed, left };
    },
  };
}

/** The request itself last: by it the next run finds what is left. */
async function drop(redis: RedisClient, base: string, id: string): Promise<void> {
  const rows = redis.multi().zrem(`${base}:board`, id).hdel(`${base}:board-rows`, id);
  await answers(rows.zrem(`${base}:behind`, id).exec());
  await redis.del(`${base}:request:${id}`, `${base}:cards:${id}`, `${base}:entries:${id}`);
}

/** Who came back and asks anew is somebody of whom nothing was erased. */
function isGone(erased: ErasedPeople, { askedAt }: Request): (person: string) => boolean {
  return (person) => (erased.of(person) ?? 0) >= askedAt;
}

function isAtRest(request: Request): boolean {
  return isTerminal(request.status) && !('lookAt' in request && request.lookAt !== undefined);
}
