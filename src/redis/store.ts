import { randomUUID } from 'node:crypto';
import type { MachineId } from '../core/machine/machine.ts';
import { type EndWanted, siteOfMachine } from '../core/request/closing-budget.ts';
import { isAsleep } from '../core/request/record.ts';
import type { Request } from '../core/request/request.ts';
import type { Strays } from '../core/request/stray.ts';
import type { Sealer } from '../core/rule/seal.ts';
import type { Log } from '../ports/log.ts';
import type { Approval, Card, Commit, Counts, Finding, Loaded, Now, Saved, Store } from '../ports/store.ts';
import { type AskScript, asking } from './asking.ts';
import { keepingCards } from './cards.ts';
import type { RedisClient } from './client.ts';
import { decodeCards, decodeStrays, encodeRequest } from './codec.ts';
import { CommitWatch } from './commit-watch.ts';
import { committed, endMember, endsAtSite, endsUnder, indexed, indexFor, OVERDUE } from './indexes.ts';
import { baseKey, short } from './keys.ts';
import { KEEP } from './limits.ts';
import { pastOf } from './meeting.ts';
import { NewestSeen } from './newest-seen.ts';
import { pagesOf } from './pages.ts';
import { reading } from './reading.ts';
import { inParts, pairs } from './replies.ts';
import { Said } from './said.ts';
import { scriptsOn } from './scripts.ts';
import type { RedisStoreOptions } from './store-options.ts';
import { sinceBoot } from './time.ts';

/** At most so many live requests are looked through in one script (a millisecond), and records read at once (ten of the event loop). */
const [MEND_AT_ONCE, READ_AT_ONCE] = [250, 50];
/** Requests whose time to be answered is over, looked at at once on one machine: there may be any number. */
const UNANSWERED_AT_ONCE = 50;
/** The indexes of all requests are put right at the first run of `mend`, and at this one, when those of an older version are gone. */
const REINDEX_AGAIN = 20;

/** Requests in Redis 6.2 or newer. Every key that belongs to it is listed in keys.ts. */
export function redisStore(options: RedisStoreOptions): Store {
  return new RedisStore(options);
}

class RedisStore implements Store {
  readonly #redis: RedisClient;
  readonly #base: string;
  readonly #log: Log;
  readonly #ask: AskScript;
  readonly #keep: string;
  /** Machines that have records which cannot be read here, until they rest. */
  readonly #unread = new Set<MachineId>();
  #mended = 0;
  readonly #commits: CommitWatch;
  readonly #meet: ReturnType<typeof pastOf>['meet'];
  readonly wasStrange: Store['wasStrange'];
  readonly wentBackAt: Store['wentBackAt'];
  readonly compared: Store['compared'];
  readonly #seen: (request: Request) => void;
  readonly #records: ReturnType<typeof reading>;
  readonly #page: ReturnType<typeof pagesOf>;
  readonly #keepCard: Store['keepCard'];
  readonly #newest = new NewestSeen();
  readonly #seals: Sealer | undefined;
  readonly #said: Said;
  /** Where there is a board: how long it has what is over. */
  readonly #shownMs: number | undefined;

  constructor(options: RedisStoreOptions) {
    const { redis, prefix = 'drawbridge', log, elapsed = sinceBoot, seen, seals } = options;
    this.#redis = redis;
    this.#base = baseKey(prefix);
    this.#log = log;
    this.#seen = seen ?? (() => {});
    this.#seals = seals;
    this.#said = new Said(redis, this.#base, seals);
    this.#commits = new CommitWatch(log, options.commits);
    const onStrange = () => redis.disconnect(true);
    this.#ask = asking({ run: scriptsOn(redis), base: this.#base, commits: this.#commits, elapsed, log, onStrange });
    const past = pastOf({ redis, base: this.#base, ask: this.#ask, commits: this.#commits, elapsed });
    [this.#meet, this.wasStrange, this.wentBackAt] = [past.meet, past.wasStrange, past.wentBackAt];
    this.compared = past.compared;
    this.#records = reading(this.#ask, { log, seen: this.#seen, newest: this.#newest, ...(seals ? { seals } : {}) });
    this.#page = pagesOf(this.#records.read);
    this.#keepCard = keepingCards(this.#ask);
    redis.on('close', () => this.#commits.doubt());
    const { endedMs = KEEP.endedMs } = options;
    this.#shownMs = options.board === true ? endedMs : undefined;
    this.#keep = JSON.stringify({ ...KEEP, endedMs });
  }

  async now(): Promise<Now> {
    return (await this.#ask('now')).now;
  }

  async write(): Promise<Now> {
    const asked = this.#commits.last;
    const answer = await this.#ask('write', asked?.count ?? 0, Number(this.#commits.isSure));
    const { now, rest, stamp } = answer;
    this.#commits.verify(asked, String(rest[0] ?? ''), stamp);
    if (this.#commits.isStrange) return this.#meet(answer);
    // It is behind what this process remembers: another epoch, for all processes.
    if (this.#commits.isBehind && asked) return (await this.#ask('raise', asked.epoch, asked.count)).now;
    // What was in doubt may be settled by what it showed.
    return now.wentBack ? (await this.#ask('now')).now : now;
  }

  async load(id: string): Promise<Loaded> {
    const { now, rest, decode } = await this.#records.read('load', id);
    const [record] = rest;
    if (typeof record !== 'string') return { request: undefined, now };
    const request = decode(id, record);
    return { request, ...(request ? {} : { isUnreadable: true }), now };
  }

  async save(changes: readonly Commit[]): Promise<readonly Saved[]> {
    if (changes.length === 0) return [];
    const records = changes.map(({ next }) => encodeRequest(next, this.#seals));
    const args = changes.flatMap((one, i) => [records[i] ?? '', JSON.stringify(committed(one, this.#shownMs))]);
    const { rest, stamp } = await this.#ask('save', this.#keep, ...args);
    for (const [i, { next }] of changes.entries()) {
      if (rest[i] !== '1') continue;
      this.#records.wrote(next, records[i] ?? '');
      this.#seen(next);
      this.#newest.see(next, stamp.epoch);
    }
    return changes.map((_, i) => SAVED[String(rest[i])] ?? 'stale');
  }

  async liveOn(...machines: readonly MachineId[]) {
    const { now, rest, decode } = await this.#records.read('live-on', READ_AT_ONCE, UNANSWERED_AT_ONCE, ...machines);
    const [later, ...read] = rest;
    const requests: Request[] = [];
    const take = (machine: string, request: Request | undefined) => {
      if (request) requests.push(request);
      else this.#unread.add(machine as MachineId);
    };
    for (const [machine, id, record] of inParts(read, 3)) take(String(machine), decode(String(id), String(record)));
    // Each ask lets others have the event loop, and Redis.
    const left = inParts(later as readonly unknown[], 2);
    for (let from = 0; from < left.length; from += READ_AT_ONCE) {
      const some = left.slice(from, from + READ_AT_ONCE).map(([machine, id]) => [String(machine), String(id)] as const);
      const { rest: records, decode: decoded } = await this.#records.read('load-all', ...some.map(([, id]) => id));
      some.forEach(([machine, id], i) => {
        if (records[i] !== '') take(machine, decoded(id, String(records[i])));
      });
    }
    const waiting = requests.filter((one) => isAsleep(one, now.at));
    await this.reindex(waiting);
    return { requests: requests.filter((one) => !waiting.includes(one)), now };
  }

  async ending(locks: readonly string[], limit: number): Promise<readonly Request[]> {
    if (locks.length === 0) return [];
    const { rest, decode } = await this.#records.read('ending', limit, ...locks.map(endsUnder));
    return pairs(rest).flatMap(([id, record]) => decode(id, record) ?? []);
  }

  async overdue(limit: number): Promise<readonly Request[]> {
    const { rest, decode } = await this.#records.read('ending', limit, OVERDUE);
    return pairs(rest).flatMap(([id, record]) => decode(id, record) ?? []);
  }

  async keepEnd({ id, machine }: Pick<Request, 'id' | 'machine'>, { budget, wish, earliest, ports }: EndWanted) {
    const { ends, sliceMs, together } = budget;
    const member = endMember(machine, id, 'kept');
    const index = endsAtSite(siteOfMachine(machine));
    const args = [index, member, wish, earliest, ends, sliceMs, together ? 1 : Math.min(ports, ends), together ? 1 : 0];
    const { rest } = await this.#ask('keep-end', ...args);
    const [until = '', others = 0] = rest;
    return until === '' ? undefined : { until: Number(until), others: Number(others) };
  }

  async reindex(requests: readonly Request[]): Promise<void> {
    const all = requests.map((request) => JSON.stringify(indexed(request, this.#shownMs)));
    if (all.length > 0) await this.#ask('index', ...all);
  }

  find(finding: Finding, limit: number): Promise<readonly Request[]> {
    return this.#list(indexFor(finding), limit);
  }

  async counts(of: string, on: MachineId): Promise<Counts> {
    const { rest } = await this.#ask('counts', of, on);
    const [person, machine, all] = rest.map(Number);
    return { person: person ?? 0, machine: machine ?? 0, all: all ?? 0 };
  }

  live(limit: number): Promise<readonly Request[]> {
    return this.#list('live', limit);
  }

  async showLive(limit: number, see: (page: readonly Request[]) => void): Promise<void> {
    for await (const page of this.#pages('live', limit)) see(page);
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

  async dueWithin(withinMs: number, limit: number): Promise<readonly MachineId[]> {
    const { rest } = await this.#ask('due-within', withinMs, limit);
    return rest[0] as MachineId[];
  }

  async settle(machine: MachineId): Promise<void> {
    // Who can read the rest is another process: it gets its turn soon, and this one does not spin.
    const rest = this.#unread.delete(machine) ? KEEP.unreadRestMs : KEEP.restMs;
    await this.#ask('settle', machine, rest);
  }

  async mend(): Promise<number> {
    this.#mended += 1;
    // What an older version wrote is not in indexes that it did not know.
    if (this.#mended === 1 || this.#mended === REINDEX_AGAIN)
      for await (const page of this.#pages('live', Number.POSITIVE_INFINITY)) await this.reindex(page);
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

  async standing(sameness: string): Promise<string | undefined> {
    return (await this.#redis.hget(`${this.#base}:same`, short(sameness))) ?? undefined;
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

  readonly firstSaid: Store['firstSaid'] = (...said) => this.#said.first(...said);
  readonly unsaid: Store['unsaid'] = (key) => this.#said.drop(key);
  readonly keepCard: Store['keepCard'] = (id, card) => this.#keepCard(id, card);

  async cards(id: string): Promise<readonly Card[]> {
    const lines = await this.#redis.get(`${this.#base}:cards:${id}`);
    return lines === null ? [] : decodeCards(id, lines, this.#log);
  }

  async published(id: string, version: number): Promise<void> {
    await this.#ask('published', id, version);
  }

  async behind(forMs: number, limit: number) {
    const { rest } = await this.#ask('behind', forMs, limit);
    return pairs(rest).map(([id, version]) => ({ id, version: Number(version) }));
  }

  async #list(index: string, limit: number): Promise<readonly Request[]> {
    return (await Array.fromAsync(this.#pages(index, limit))).flat();
  }

  async *#pages(index: string, limit: number): AsyncGenerator<readonly Request[]> {
    for (let from = 0; from < limit; from += READ_AT_ONCE) {
      const size = Math.min(READ_AT_ONCE, limit - from);
      const { seen, requests } = await this.#page({ index, from, size });
      yield requests;
      if (seen < size) return;
    }
  }
}

const SAVED: Readonly<Record<string, Saved>> = { 1: 'saved', 2: 'full', 3: 'same' };
