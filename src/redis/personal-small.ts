import { redacted } from '../core/people/redacted.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { ErasedPeople } from '../ports/people-keys.ts';
import type { Erasure, PersonalPlace } from '../ports/personal.ts';
import type { RedisClient } from './client.ts';
import { keysLike } from './keys-like.ts';
import { sealedBy } from './sealed.ts';

interface Small {
  readonly redis: RedisClient;
  readonly base: string;
  /** By what they seal. */
  readonly seals: (use: 'delegations' | 'links' | 'protections' | 'rules') => Sealer;
}

/** A hash of sealed records: how its fields are sealed, and whether a record goes as a whole with a person. */
const HASHES = [
  { key: 'links', seals: 'links', what: 'link', goes: true },
  { key: 'delegations', seals: 'delegations', what: 'delegation', goes: true },
  { key: 'protected-by', seals: 'protections', what: 'protected', goes: false },
  { key: 'rule-approvals', seals: 'rules', what: 'vote', goes: false },
  { key: 'rules', seals: 'rules', what: '', goes: false },
] as const;

/** Keys of one person: what they asked for last, and from where. */
const OWN = ['person', 'sources'];
/** Records in the clear, of one key each. */
const PLAIN = ['drill', 'last-known'];

/** The small records of the store in which people are named: links of accounts, delegations, who protected what, and the like. */
export function personalSmall({ redis, base, seals }: Small): PersonalPlace {
  const sealed = async function* () {
    for (const { key, seals: use, what, goes } of HASHES) {
      const { open, seal } = sealedBy(seals(use));
      for (const [field, text] of Object.entries(await redis.hgetall(`${base}:${key}`))) {
        const name = what === '' ? field : `${what} ${field}`;
        const record = open(name, text);
        if (record !== undefined) yield { key, field, record, goes, seal: (next: object) => seal(name, next) };
      }
    }
  };
  const plain = async function* () {
    for (const key of PLAIN) {
      const text = await redis.get(`${base}:${key}`);
      if (text !== null) yield { key, record: JSON.parse(text) as unknown };
    }
  };
  const own = async function* () {
    for (const kind of OWN)
      for await (const keys of keysLike(redis, `${base}:${kind}:`))
        for (const key of keys) yield { key, person: key.slice(`${base}:${kind}:`.length) };
  };
  return {
    name: 'Redis: links, delegations, and who did what',
    async *find(person) {
      const isTheirs = (id: string) => id === person;
      for await (const { key, record } of sealed()) if (without(record, isTheirs)) yield { key, record };
      for await (const { key, record } of plain()) if (without(record, isTheirs)) yield { key, record };
      const sources = Object.values(await redis.hgetall(`${base}:sources:${person}`));
      if (sources.length > 0) yield { key: 'sources', record: sources };
    },
    async erase(erased): Promise<Erasure> {
      let changed = 0;
      const isGone = (id: string) => erased.of(id) !== undefined;
      for await (const { key, field, record, goes, seal } of sealed()) {
        const next = without(record, isGone, erased);
        if (next === undefined) continue;
        changed += 1;
        if (goes) await redis.hdel(`${base}:${key}`, field);
        else await redis.hset(`${base}:${key}`, field, seal(next));
        // The other index of links (account-links.ts).
        const { entra } = record as { readonly entra?: unknown };
        if (key === 'links' && typeof entra === 'string') await redis.hdel(`${base}:linked`, entra.toLowerCase());
      }
      for await (const { key, record } of plain()) {
        const next = without(record, isGone, erased);
        if (next === undefined) continue;
        changed += 1;
        await redis.set(`${base}:${key}`, JSON.stringify(next), 'KEEPTTL');
      }
      for await (const { key, person } of own()) if (isGone(person)) changed += await redis.del(key);
      return { changed, left: 0 };
    },
  };
}

/** Undefined where it says nothing of whoever is gone; what they did after they were erased is not taken away. */
function without(record: unknown, isGone: (id: string) => boolean, erased?: ErasedPeople): object | undefined {
  const { at, since, slack, entra, id, by } = record as Readonly<Record<string, unknown>>;
  const when = [at, since].find((one): one is number => typeof one === 'number');
  const isMeant = (id: unknown): id is string =>
    typeof id === 'string' &&
    isGone(id) &&
    (when === undefined || when <= (erased?.of(id) ?? Number.POSITIVE_INFINITY));
  if (isMeant(slack) || isMeant(entra)) return {};
  if (isMeant(id) && typeof by === 'string' && by !== id) return { ...(record as object), by: id };
  return redacted(record as object, isMeant);
}
