import { z } from 'zod';
import type { BoardRow } from '../core/board/row.ts';
import type { MachineId } from '../core/machine/machine.ts';
import type { BoardRows, ChangedRow } from '../ports/board-rows.ts';
import type { Log } from '../ports/log.ts';
import { readEntry } from './audit.ts';
import { unlessAway } from './away.ts';
import { answers, type RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { KEEP } from './limits.ts';

const instant = z.number().optional();
const flag = z.literal(true).optional();

const schema = z.looseObject({
  id: z.string(),
  version: z.number(),
  status: z.enum([
    'pending',
    'scheduled',
    'denied',
    'withdrawn',
    'expired',
    'activating',
    'active',
    'closing',
    'ended',
  ]),
  machine: z.templateLiteral([z.enum(['azure', 'aws', 'gcp']), ':', z.string()]),
  machineName: z.string(),
  location: z.string().optional(),
  requester: z.looseObject({ id: z.string(), name: z.string() }),
  people: z.array(z.string()),
  ports: z.array(z.string()),
  source: z.string(),
  sourceName: z.string().optional(),
  policies: z.array(z.string()),
  askedAt: z.number(),
  waitsFor: z.array(z.string()).optional(),
  waitsForIds: z.array(z.string()).optional(),
  deciders: z.array(z.string()).optional(),
  deciderIds: z.array(z.string()).optional(),
  why: z.enum(['elapsed', 'revoked', 'failed']).optional(),
  verdict: z.enum(['closed', 'shared', 'open', 'unknown']).optional(),
  lateMs: z.number().optional(),
  trouble: z.string().optional(),
  ...{ answerBy: instant, startsAt: instant, decidedAt: instant, openedAt: instant, until: instant, endedAt: instant },
  ...{ closedAt: instant, overAt: instant, reviewBy: instant },
  ...{ isGlass: flag, isDrill: flag, isExtending: flag },
}) satisfies z.ZodType<BoardRow>;

/**
 * `{prefix}:board`: ids of requests by when they changed last. `{prefix}:board-rows`: the row of each (lua/prelude.lua). `{prefix}:entries:<id>`: where its entries stand in the audit (lua/save.lua). What cannot be
 * read is left out, and is in the log once a reading.
 */
export function redisBoardRows({
  redis,
  prefix,
  log,
  endedMs = KEEP.endedMs,
}: {
  readonly redis: RedisClient;
  readonly prefix: string;
  readonly log: Log;
  /** As the store keeps records. */
  readonly endedMs?: number;
}): BoardRows {
  const base = baseKey(prefix);
  return {
    keptMs: endedMs,
    async generation() {
      return (await unlessAway(redis.get(`${base}:board-erased`))) ?? '';
    },
    async entries(id) {
      const places = await unlessAway(redis.lrange(`${base}:entries:${id}`, 0, -1));
      if (places.length === 0) return [];
      const asked = redis.pipeline();
      for (const place of places) asked.xrange(`${base}:audit`, place, place);
      const found = (await unlessAway(answers(asked.exec()))) as Awaited<ReturnType<RedisClient['xrange']>>[];
      return found.flat().flatMap(([place, fields]) => readEntry(place, fields) ?? []);
    },
    async *changed(since, limit) {
      let [from, skip] = [since, 0];
      for (;;) {
        const found = await unlessAway(
          redis.zrangebyscore(`${base}:board`, from, '+inf', 'WITHSCORES', 'LIMIT', skip, limit),
        );
        const ids = found.filter((_, i) => i % 2 === 0);
        if (ids.length === 0) return;
        const scores = found.filter((_, i) => i % 2 === 1).map(Number);
        const texts = await unlessAway(redis.hmget(`${base}:board-rows`, ...ids));
        yield read(log, scores, texts);
        if (ids.length < limit) return;
        const last = scores.at(-1) ?? from;
        // On from the last instant: what changes meanwhile moves to the end, and nothing that stays is passed over.
        [from, skip] = last > from ? [last, 0] : [from, skip + ids.length];
      }
    },
  };
}

function read(log: Log, scores: readonly number[], texts: readonly (string | null)[]): readonly ChangedRow[] {
  let unread = 0;
  const rows = texts.flatMap((text, i): readonly ChangedRow[] => {
    if (text === null) return [];
    const row = rowIn(text);
    if (!row) unread += 1;
    return row ? [{ at: scores[i] ?? 0, row }] : [];
  });
  if (unread > 0) log.warn({ rows: unread }, 'rows of the board cannot be read from Redis; they are left out');
  return rows;
}

function rowIn(text: string): BoardRow | undefined {
  try {
    const row = schema.safeParse(JSON.parse(text));
    return row.success ? { ...row.data, machine: row.data.machine as MachineId } : undefined;
  } catch {
    return undefined;
  }
}
