import { randomUUID } from 'node:crypto';
import { recordOf } from '../core/audit/record.ts';
import type { MachineId } from '../core/machine/machine.ts';
import { indexesOf } from '../core/request/record.ts';
import type { Request } from '../core/request/request.ts';
import type { Strays } from '../core/request/stray.ts';
import { isTerminal } from '../core/request/workflow.ts';
import type { Log } from '../ports/log.ts';
import type { Approval, Card, Commit, Now, Saved, Store } from '../ports/store.ts';
import type { RedisClient } from './client.ts';
import { decodeCards, decodeRequest, decodeStrays, encodeCard, encodeRequest, PARK_MS } from './codec.ts';
import { baseKey, salt, short } from './keys.ts';
import { KEEP } from './limits.ts';
import { type RunScript, scriptsOn } from './scripts.ts';
import { ClockWatch, sinceBoot } from './time.ts';

export interface RedisStoreOptions {
  readonly redis: RedisClient;
  /** Keys are `{prefix}:request:<id>` and so on. */
  readonly prefix?: string;
  readonly log: Log;
  /** Audit entries kept; all without it. */
  readonly auditKeep?: number;
  /** A clock that only goes forward, in ms, and counts a computer's sleep. Another one is for tests. */
  readonly elapsed?: () => number;
}

/** At most this many live requests are looked through in one script: a millisecond or two. */
const MEND_AT_ONCE = 1_000;

/**
 * Requests in Redis 6.2 or newer. Every key that belongs to it:
 *
 *   request:<id>      record (codec.ts); expires 90 days after the end
 *   live              "<id> <machine>" of all requests that have a time to look at, by when they were asked
 *   on:<machine>      ids of the machine's live requests, by their time to look
 *   due               machines, by the earliest of these
 *   person:<id>       ids of what the person asked for last      sources:<id>   machine → source that was asked from last
 *   approvals         list of "<when> <machine> <person>", the newest last: a list takes a third of what a sorted set does
 *   made:<key>        the request that a delivery made           placed:<key>   the request that placed a rule
 *   behind            ids whose cards are behind, since when     cards:<id>     a line each
 *   audit             stream (audit.ts)                          once:<key>     deliveries seen
 *   recorded:<key>    an entry of the audit that was written
 *   strays            rules in the clouds that no request is known for, as the last patrol found them
 *   clock             the highest instant seen (lua/prelude.lua)
 */
export function redisStore(options: RedisStoreOptions): Store {
  return new RedisStore(options);
}

class RedisStore implements Store {
  readonly #redis: RedisClient;
  readonly #base: string;
  readonly #log: Log;
  readonly #run: RunScript;
  readonly #watch: ClockWatch;
  readonly #elapsed: () => number;
  readonly #keep: string;

  constructor({ redis, prefix = 'drawbridge', log, auditKeep, elapsed = sinceBoot }: RedisStoreOptions) {
    this.#redis = redis;
    this.#base = baseKey(prefix);
    this.#log = log;
    this.#run = scriptsOn(redis);
    this.#watch = new ClockWatch(log, `${this.#base}:clock`);
    this.#elapsed = elapsed;
    this.#keep = JSON.stringify({ ...KEEP, audit: auditKeep });
  }

  async now(): Promise<Now> {
    return (await this.#ask('now')).now;
  }

  async load(id: string) {
    const { now, rest } = await this.#ask('load', id);
    const [record] = rest;
    return { request: typeof record === 'string' ? decodeRequest(id, record, this.#log) : undefined, now };
  }

  async save(changes: readonly Commit[]): Promise<readonly Saved[]> {
    if (changes.length === 0) return [];
    const args = changes.flatMap((change) => [encodeRequest(change.next), JSON.stringify(derived(change))]);
    const { rest } = await this.#ask('save', this.#keep, ...args);
    return changes.map((_, i) => (rest[i] === '1' ? 'saved' : 'stale'));
  }

  async liveOn(machine: MachineId) {
    const { now, rest } = await this.#ask('live-on', machine);
    const requests: Request[] = [];
    for (const [id, record] of pairs(rest)) {
      const request = decodeRequest(id, record, this.#log);
      if (request) requests.push(request);
      else await this.#ask('park', machine, id, PARK_MS);
    }
    return { requests, now };
  }

  live(limit: number): Promise<readonly Request[]> {
    return this.#list('live', limit);
  }

  recent(person: string, limit: number): Promise<readonly Request[]> {
    return this.#list(`person:${person}`, limit);
  }

  async approvals(limit: number): Promise<readonly Approval[]> {
    const newest = await this.#redis.lrange(`${this.#base}:approvals`, -limit, -1);
    return newest.reverse().map((line) => {
      const [at, machine, person = ''] = line.split(' ');
      return { machine: machine as MachineId, person, at: Number(at) };
    });
  }

  async claim(limit: number, againMs: number) {
    const { now, rest } = await this.#ask('claim', limit, againMs);
    const [next, machines] = rest;
    return { machines: machines as MachineId[], ...(next === '' ? {} : { next: Number(next) }), now };
  }

  async settle(machine: MachineId): Promise<void> {
    await this.#ask('settle', machine, KEEP.restMs);
  }

  async mend(): Promise<number> {
    const mended = new Set<string>();
    for (let from = 0; ; from += MEND_AT_ONCE) {
      const { rest } = await this.#ask('mend', from, MEND_AT_ONCE);
      const [seen, machines] = rest;
      for (const machine of machines as string[]) mended.add(machine);
      if (Number(seen) < MEND_AT_ONCE) return mended.size;
    }
  }

  async lastSource(person: string, machine: MachineId): Promise<string | undefined> {
    return (await this.#redis.hget(`${this.#base}:sources:${person}`, short(machine))) ?? undefined;
  }

  async madeBy(key: string): Promise<string | undefined> {
    return (await this.#redis.get(`${this.#base}:made:${short(key)}`)) ?? undefined;
  }

  async placedBy(placementKey: string): Promise<string | undefined> {
    return (await this.#redis.get(`${this.#base}:placed:${short(placementKey)}`)) ?? undefined;
  }

  async strays(): Promise<Strays | undefined> {
    const text = await this.#redis.get(`${this.#base}:strays`);
    return text === null ? undefined : decodeStrays(text, this.#log);
  }

  async keepStrays(found: Strays): Promise<void> {
    await this.#redis.set(`${this.#base}:strays`, JSON.stringify(found), 'PX', KEEP.straysMs);
  }

  async once(key: string, ttlMs: number): Promise<boolean> {
    const seen = `${this.#base}:once:${short(key)}`;
    const mine = randomUUID();
    if ((await this.#redis.set(seen, mine, 'PX', ttlMs, 'NX')) === 'OK') return true;
    // ioredis sends a command again when the connection broke before its answer came: then the key is our own.
    return (await this.#redis.get(seen)) === mine;
  }

  async cards(id: string): Promise<readonly Card[]> {
    const lines = await this.#redis.get(`${this.#base}:cards:${id}`);
    return lines === null ? [] : decodeCards(id, lines, this.#log);
  }

  async keepCard(id: string, card: Card): Promise<void> {
    const { begins, line } = encodeCard(card);
    await this.#ask('keep-card', id, begins, line, KEEP.cardsMs);
  }

  async published(id: string, version: number): Promise<void> {
    await this.#ask('published', id, version);
  }

  async behind(forMs: number, limit: number) {
    const { rest } = await this.#ask('behind', forMs, limit);
    return pairs(rest).map(([id, version]) => ({ id, version: Number(version) }));
  }

  async #list(index: string, limit: number): Promise<readonly Request[]> {
    const { rest } = await this.#ask('list', index, limit);
    return pairs(rest).flatMap(([id, record]) => decodeRequest(id, record, this.#log) ?? []);
  }

  /** Runs a script; every one answers the time first (lua/prelude.lua), which is judged here. */
  async #ask(
    name: Parameters<RunScript>[0],
    ...args: (string | number)[]
  ): Promise<{ readonly now: Now; readonly rest: readonly unknown[] }> {
    const sent = this.#elapsed();
    const reply = (await this.#run(name, [this.#base], args)) as [number, number, number, ...unknown[]];
    const [at, behindMs, redis, ...rest] = reply;
    return { now: this.#watch.judge({ at, behindMs, reading: { redis, sent, got: this.#elapsed() } }), rest };
  }
}

/** What the script needs to know of a change beside its record. */
function derived({ next, from, audit, key }: Commit) {
  const { placed, placedUntil, ...indexes } = indexesOf(next);
  return {
    ...indexes,
    id: next.id,
    from,
    over: isTerminal(next.status),
    machineKey: short(next.machine),
    placed: placed.map(short),
    placedUntil: Math.ceil(placedUntil),
    ...(key === undefined ? {} : { made: short(key) }),
    ...(audit ? { audit: recordOf(audit, salt) } : {}),
  };
}

function pairs(flat: readonly unknown[]): readonly (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, i) => [String(flat[2 * i]), String(flat[2 * i + 1])] as const);
}
