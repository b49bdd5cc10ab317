import { z } from 'zod';
import { isMachineId, type MachineId } from '../core/machine/machine.ts';
import { protectionKey } from '../core/machine/protection.ts';
import type { AskedPage, Consent, ConsentPage } from '../core/policy/consent.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Log } from '../ports/log.ts';
import type { ProtectedBy, ProtectionRecords } from '../ports/protection-records.ts';
import type { RedisClient } from './client.ts';
import { baseKey } from './keys.ts';
import { KEEP } from './limits.ts';
import { type Sealed, sealedBy } from './sealed.ts';

const machine = z.custom<MachineId>(isMachineId);
const pageSchema: z.ZodType<ConsentPage> = z.looseObject({
  code: z.string(),
  entry: z.string(),
  machines: z.array(machine),
  items: z.array(z.looseObject({ machine, digest: z.string() })),
  at: z.number(),
});
const consentSchema: z.ZodType<Consent> = z.looseObject({ by: z.string(), at: z.number() });
const bySchema: z.ZodType<ProtectedBy> = z.looseObject({
  by: z.string(),
  id: z.string().optional(),
  through: z.enum(['person', 'commandLine', 'configuration']),
  at: z.number(),
});

/**
 * Records of protections in Redis. Every key that belongs to it:
 *
 *   consent-pages    code → page that people were asked to agree to      consents   code → who agreed to it
 *   protected-by     port of a machine → who protected it last
 *
 * What cannot be read, or was written by nobody here, is logged and is as if it were not there: it is asked, or said to be unknown.
 */
export function redisProtectionRecords({
  redis,
  prefix = 'drawbridge',
  seals,
  log,
}: {
  readonly redis: RedisClient;
  readonly prefix?: string;
  /** Whoever can write to Redis agrees to nothing in somebody's name. */
  readonly seals: Sealer;
  readonly log: Log;
}): ProtectionRecords {
  const base = baseKey(prefix);
  const { seal, open } = sealedBy(seals);
  const all = reading(redis, open, log);
  const [pagesKey, consentsKey, byKey] = [`${base}:consent-pages`, `${base}:consents`, `${base}:protected-by`];

  return {
    async pages() {
      const [pages, consents] = await Promise.all([
        all(pagesKey, 'page', pageSchema),
        all(consentsKey, 'consent', consentSchema),
      ]);
      return [...pages].map(([code, page]): AskedPage => {
        const agreed = consents.get(code);
        return agreed ? { ...page, agreed } : page;
      });
    },
    async keepPage(page) {
      await redis.hset(pagesKey, page.code, seal(`page ${page.code}`, page));
      await redis.pexpire(pagesKey, KEEP.consentMs);
    },
    async agree(code, consent) {
      await redis.hsetnx(consentsKey, code, seal(`consent ${code}`, consent));
      await redis.pexpire(consentsKey, KEEP.consentMs);
    },
    async dropPage(code) {
      await redis.hdel(pagesKey, code);
      await redis.hdel(consentsKey, code);
    },
    async protectedBy() {
      return all(byKey, 'protected', bySchema);
    },
    async keepProtectedBy(id, ports, who) {
      if (ports.length === 0) return;
      const fields = ports.map((port) => protectionKey(id, port));
      const kept = (field: string) => [field, seal(`protected ${field}`, who ?? {})];
      if (who) await redis.hset(byKey, Object.fromEntries(fields.map(kept)));
      else await redis.hdel(byKey, ...fields);
    },
  };
}

/** Gives what can be read of a hash, by its fields. */
function reading(redis: RedisClient, open: Sealed['open'], log: Log) {
  return async <T>(key: string, what: string, schema: z.ZodType<T>): Promise<ReadonlyMap<string, T>> => {
    const texts = Object.entries(await redis.hgetall(key)).sort(([a], [b]) => (a < b ? -1 : 1));
    return new Map(
      texts.flatMap(([field, text]) => {
        const read = schema.safeParse(open(`${what} ${field}`, text));
        if (read.success) return [[field, read.data] as const];
        log.error({ key, field }, 'a record of a protection cannot be read from Redis');
        return [];
      }),
    );
  };
}
