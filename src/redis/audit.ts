import { z } from 'zod';
import type { AuditEntry } from '../core/audit/entry.ts';
import { recordOf } from '../core/audit/record.ts';
import { isPlace } from '../core/evidence/entry.ts';
import type { Audit, AuditPlace, AuditRecord, AuditSize } from '../ports/audit.ts';
import type { Log } from '../ports/log.ts';
import { answers, type RedisClient } from './client.ts';
import { baseKey, salt, short } from './keys.ts';
import { KEEP } from './limits.ts';
import { scriptsOn } from './scripts.ts';

interface RedisAuditOptions {
  readonly redis: RedisClient;
  readonly prefix?: string;
  readonly log: Log;
  /** Entries that are kept at least, however many sinks have them; all without it. */
  readonly keep?: number;
}

const kept = z.object({ at: z.coerce.number(), record: z.string(), people: z.string(), hash: z.string() });

/** At once, so that what somebody else put between the entries costs few questions. */
const LEAST_READ = 100;

/** The audit in the stream that commits write to as well (lua/audit.lua). */
export function redisAudit({ redis, prefix = 'drawbridge', log, keep }: RedisAuditOptions): Audit {
  const base = baseKey(prefix);
  const stream = `${base}:audit`;
  const run = scriptsOn(redis);
  const write = async (entry: AuditEntry, recordedMs: number) => {
    const key = short(`${entry.act} ${entry.event} ${entry.outcome}`);
    const limits = JSON.stringify({ recordedMs });
    await run('record', [base], [limits, JSON.stringify(recordOf(entry, salt)), key]);
  };
  return {
    record: (entry) => write(entry, KEEP.recordedMs),
    merge: (entry) => write(entry, KEEP.mergedMs),
    async read(after, limit) {
      const all: AuditRecord[] = [];
      let from = after ? `(${after.epoch}-${after.sequence}` : '-';
      // Fewer than are asked for are all that there are, whatever somebody else put between them.
      while (all.length < limit) {
        const asked = Math.max(LEAST_READ, limit - all.length);
        const found = await redis.xrange(stream, from, '+', 'COUNT', asked);
        for (const [id, fields] of found) {
          const record = readEntry(id, fields);
          if (record) all.push(record);
          else log.error({ entry: id }, 'an entry of the audit cannot be read');
          if (all.length === limit) return all;
          from = `(${id}`;
        }
        if (found.length < asked) break;
      }
      return all;
    },
    async newest() {
      if ((await redis.exists(stream)) === 0) return undefined;
      const info = (await redis.xinfo('STREAM', stream)) as readonly unknown[];
      return placeIn(String(info[info.indexOf('last-generated-id') + 1]));
    },
    async size() {
      // In one pipeline: in a Cluster the stream leads to the server that holds it, whose memory it is.
      const [entries, info] = await answers(redis.pipeline().xlen(stream).info('memory').exec());
      return { entries: Number(entries), ...(keep === undefined ? {} : { keep }), ...memoryOf(String(info)) };
    },
  };
}

/** Bytes that a server takes, and that it may take, as `INFO memory` has them; absent where it does not say. */
export function memoryOf(info: string): Pick<AuditSize, 'usedBytes' | 'mostBytes'> {
  const bytes = (field: string) => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const [usedBytes, mostBytes] = [bytes('used_memory'), bytes('maxmemory') || bytes('total_system_memory')];
  return { ...(usedBytes > 0 ? { usedBytes } : {}), ...(mostBytes > 0 ? { mostBytes } : {}) };
}

function placeIn(id: string): AuditPlace {
  const [epoch = 0, sequence = 0] = id.split('-').map(Number);
  return { epoch, sequence };
}

/** An entry of the stream; undefined where it cannot be read. */
export function readEntry(id: string, fields: readonly string[]): AuditRecord | undefined {
  const pairs = Array.from({ length: fields.length / 2 }, (_, i) => [fields[2 * i], fields[2 * i + 1]] as const);
  const read = kept.safeParse(Object.fromEntries(pairs));
  if (!read.success) return undefined;
  const entry = { ...placeIn(id), ...read.data };
  return isPlace(entry) ? entry : undefined;
}
