import type { Instant } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { placeKey } from '../../src/core/people/place.ts';
import { overAt } from '../../src/core/request/closing.ts';
import type { EndWanted } from '../../src/core/request/closing-budget.ts';
import { type Indexes, indexesOf } from '../../src/core/request/record.ts';
import type { Request } from '../../src/core/request/request.ts';
import { isStanding, samenessOf } from '../../src/core/request/same.ts';
import type { Strays } from '../../src/core/request/stray.ts';
import { isTerminal } from '../../src/core/request/workflow.ts';
import type { Approval, Card, Commit, Counts, Finding, Now, Saved, Store } from '../../src/ports/store.ts';
import { KEEP } from '../../src/redis/limits.ts';
import { type KeptApproval, withApproval } from './approvals.ts';
import type { MemoryAudit } from './audit.ts';
import type { Damage } from './damage.ts';
import { type KeptEnd, keptEnd } from './ends.ts';
import { Expiring, type MapOfAny, snapshotOf } from './expiring.ts';
import { claimed, countsOf, dueUntil, isFound } from './found.ts';
import { owedOf } from './owed.ts';

interface Options {
  readonly now: () => Instant;
  /** False while the clock is not to be believed. */
  readonly trusted?: () => boolean;
  /** Where the entries of commits go. */
  readonly audit?: Pick<MemoryAudit, 'keep'>;
  /** Is shown every request that is read or saved. */
  readonly seen?: (request: Request) => void;
}

/** The Redis store's twin: the same answers, no Redis, no timers, no clock and no randomness of its own. */
export function memoryStore(options: Options): Store & Damage {
  return new MemoryStore(options);
}

class MemoryStore implements Store, Damage {
  readonly #options: Options;
  #latest: Instant = 0;
  #wentBack = false;
  #isDoubted = false;
  #epoch = 0;
  #backAt: Instant | undefined;
  readonly #requests = new Expiring<Request>(() => this.#at());
  readonly #made = new Expiring<string>(() => this.#at());
  readonly #placed = new Expiring<string>(() => this.#at());
  readonly #seen = new Expiring<true>(() => this.#at());
  readonly #said = new Expiring<string>(() => this.#at());
  readonly #strays = new Expiring<Strays>(() => this.#at());
  readonly #cards = new Expiring<ReadonlyMap<string, Card>>(() => this.#at());
  readonly #sources = new Map<string, string>();
  readonly #live = new Map<string, Indexes>();
  readonly #kept = new Map<string, KeptEnd>();
  #approvals: readonly KeptApproval[] = [];
  readonly #recent = new Map<string, readonly string[]>();
  readonly #due = new Map<MachineId, Instant>();
  readonly #behind = new Map<string, Instant>();

  constructor(options: Options) {
    this.#options = options;
  }

  readonly now = async (): Promise<Now> => this.#now();
  readonly wentBackAt = async () => this.#backAt;
  async write(): Promise<Now> {
    this.#isDoubted = false;
    return this.#now();
  }

  /** The connection broke: until it has shown its last commit, it may have gone back. */
  doubt(): void {
    this.#isDoubted = true;
  }

  readonly compared = async (epoch: number): Promise<void> => {
    if (epoch === this.#epoch) this.#wentBack = false;
  };

  snapshot(): () => void {
    const approvals = this.#approvals;
    const maps = snapshotOf([
      this.#live,
      this.#sources,
      this.#recent,
      this.#due,
      this.#behind,
      this.#kept,
    ] as MapOfAny[]);
    const expiring = [this.#requests, this.#made, this.#placed, this.#seen, this.#said, this.#strays, this.#cards];
    const all = [maps, ...expiring.map((one) => one.snapshot())];
    return () => {
      for (const restore of all) restore();
      this.#approvals = approvals;
      this.#wentBack = true;
      this.#backAt = this.#at();
      this.#epoch += 1;
    };
  }

  async load(id: string) {
    return { request: this.#shown(this.#requests.get(id)), now: this.#now() };
  }

  async save(changes: readonly Commit[]): Promise<readonly Saved[]> {
    const results: Saved[] = [];
    for (const change of changes)
      results.push(change.with && results.at(-1) !== 'saved' ? 'stale' : this.#saveAny(change));
    for (const { next } of changes) this.#reckon(next.machine, 0);
    for (const [i, { next }] of changes.entries()) if (results[i] === 'saved') this.#shown(next);
    return results;
  }

  async liveOn(...machines: readonly MachineId[]) {
    const now = this.#now();
    const isRead = ({ isWaiting, lookAt = 0 }: Indexes) => !isWaiting || lookAt <= now.at;
    const ids = machines.flatMap((machine) => this.#on(machine, isRead));
    return { requests: ids.flatMap(([id]) => this.#shown(this.#requests.get(id)) ?? []), now };
  }

  async ending(locks: readonly string[], limit: number): Promise<readonly Request[]> {
    const at = this.#at();
    return this.#which(
      ({ endsAt = at + 1, locks: own }) => endsAt <= at && own.some((lock) => locks.includes(lock)),
      limit,
    );
  }

  async overdue(limit: number): Promise<readonly Request[]> {
    const at = this.#at();
    const over = this.#which(({ overAt: when = at + 1 }) => when <= at, Number.POSITIVE_INFINITY);
    return over.toSorted((a, b) => (overAt(a) ?? 0) - (overAt(b) ?? 0)).slice(0, limit);
  }

  readonly keepEnd = async (request: Pick<Request, 'id' | 'machine'>, wanted: EndWanted) =>
    keptEnd({ request, wanted }, [...this.#live.values()], this.#kept, this.#at());

  async reindex(): Promise<void> {}
  readonly live = async (limit: number): Promise<readonly Request[]> => this.#which(() => true, limit);
  async showLive(limit: number, see: (page: readonly Request[]) => void): Promise<void> {
    for (const request of await this.live(limit)) see([request]);
  }
  readonly find = async (finding: Finding, limit: number): Promise<readonly Request[]> =>
    finding.by === 'review'
      ? owedOf(this.#requests.all(), limit)
      : this.#which((indexes) => indexes.isCurrent && isFound(finding, indexes), limit);
  readonly counts = async (person: string, machine: MachineId): Promise<Counts> =>
    countsOf([...this.#live.values()], person, machine);

  readonly recent = async (person: string, limit: number): Promise<readonly Request[]> =>
    (this.#recent.get(person) ?? []).slice(0, limit).flatMap((id) => this.#requests.get(id) ?? []);

  readonly approvals = async (limit: number): Promise<readonly Approval[]> =>
    this.#approvals.slice(0, limit).map(({ id: _, ...approval }) => approval);

  async claim(limit: number, againMs: number) {
    const now = this.#now();
    return { ...claimed(this.#due, now.at, { limit, againMs }), now };
  }

  readonly dueWithin = async (ms: number, limit: number) => dueUntil(this.#due, this.#at() + ms).slice(0, limit);

  readonly settle = async (machine: MachineId): Promise<void> => this.#reckon(machine, this.#at() + KEEP.restMs);

  async mend(): Promise<number> {
    const missing = new Set([...this.#live.values()].map(({ machine }) => machine).filter((m) => !this.#due.has(m)));
    for (const machine of missing) this.#reckon(machine, 0);
    return missing.size;
  }

  readonly lastSource = async (person: string, machine: MachineId): Promise<string | undefined> =>
    this.#sources.get(`${person} ${machine}`);

  readonly madeBy = async (key: string): Promise<string | undefined> => this.#made.get(key);
  readonly standing = async (sameness: string): Promise<string | undefined> => this.#standing(sameness)?.id;
  #standing(sameness: string): Request | undefined {
    const newest = this.#which((one) => one.sameness === sameness, Number.POSITIVE_INFINITY);
    return newest.findLast((one) => isStanding(one, this.#at()));
  }

  readonly placedBy = async (placement: string): Promise<string | undefined> => this.#placed.get(placement);

  readonly strays = async (): Promise<Strays | undefined> => this.#strays.get('');
  readonly keepStrays = async (found: Strays): Promise<void> => this.#strays.set('', found, KEEP.straysMs);

  async once(key: string, ttlMs: number): Promise<boolean> {
    const isNew = !this.#seen.get(key);
    if (isNew) this.#seen.set(key, true, ttlMs);
    return isNew;
  }

  async firstSaid(key: string, who: string, ttlMs: number): Promise<string> {
    const first = this.#said.get(key) ?? who;
    if (first === who) this.#said.set(key, who, ttlMs);
    return first;
  }
  readonly unsaid = async (key: string): Promise<void> => this.#said.set(key, '', 0);

  readonly cards = async (id: string): Promise<readonly Card[]> => [...(this.#cards.get(id)?.values() ?? [])];

  async keepCard(id: string, card: Card): Promise<void> {
    const cards = new Map(this.#cards.get(id)).set(placeKey(card.place), card);
    this.#cards.set(id, cards, this.#live.has(id) ? undefined : KEEP.cardsMs);
  }

  async published(id: string, version: number): Promise<void> {
    if (this.#requests.get(id)?.version === version) this.#behind.delete(id);
  }

  async behind(forMs: number, limit: number) {
    const until = this.#at() - forMs;
    return [...this.#behind]
      .filter(([, since]) => since <= until)
      .sort(([a, one], [b, two]) => one - two || (a < b ? -1 : 1))
      .slice(0, limit)
      .flatMap(([id]) => {
        const version = this.#requests.get(id)?.version;
        return version === undefined ? [] : [{ id, version }];
      });
  }

  readonly forgetDue = async (machine: MachineId): Promise<void> => void this.#due.delete(machine);

  #shown<R extends Request | undefined>(request: R): R {
    if (request) this.#options.seen?.(request);
    return request;
  }

  #saveAny(change: Commit): Saved {
    return this.#isSame(change) ? 'same' : this.#isFull(change) ? 'full' : this.#saveOne(change);
  }

  #saveOne({ next, from, key, audit }: Commit): Saved {
    const stored = this.#requests.get(next.id);
    if ((stored?.version ?? 0) !== from) return JSON.stringify(stored) === JSON.stringify(next) ? 'saved' : 'stale';
    if (key !== undefined && this.#made.get(key) !== undefined) return 'stale';
    if (audit) this.#options.audit?.keep(audit, this.#at());
    const indexes = indexesOf(next);
    if (indexes.end?.at !== undefined) this.#kept.delete(next.id);
    if (key !== undefined) this.#made.set(key, next.id, KEEP.madeMs);
    if (from === 0) {
      const before = this.#recent.get(indexes.requester) ?? [];
      this.#recent.set(indexes.requester, [next.id, ...before].slice(0, KEEP.recent));
    }
    const wasOpen = stored !== undefined && 'lease' in stored && stored.lease.openedAt !== undefined;
    if (indexes.source !== undefined && !wasOpen)
      this.#sources.set(`${indexes.requester} ${indexes.machine}`, indexes.source);
    const { machine, requester: person, approvedAt: at } = indexes;
    if (at !== undefined)
      this.#approvals = withApproval(this.#approvals, { id: next.id, machine, person, at }, this.#at());
    const over = indexes.lookAt === undefined && isTerminal(next.status);
    this.#requests.set(next.id, next, over ? KEEP.endedMs : undefined);
    if (indexes.lookAt === undefined) this.#live.delete(next.id);
    else this.#live.set(next.id, indexes);
    if (over) this.#cards.expire(next.id, KEEP.cardsMs);
    for (const placed of indexes.placed) this.#placed.set(placed, next.id, indexes.placedUntil - this.#at());
    if (!this.#behind.has(next.id)) this.#behind.set(next.id, this.#at());
    return 'saved';
  }

  #isSame({ next, from, alone, key }: Commit): boolean {
    if (!alone || from > 0 || (key !== undefined && this.#made.get(key) !== undefined)) return false;
    const first = this.#standing(samenessOf(next));
    return first !== undefined && first.id !== next.id;
  }

  #isFull({ next, from, most }: Commit): boolean {
    if (!most || from > 0 || this.#requests.get(next.id)) return false;
    const { person, machine, all } = countsOf([...this.#live.values()], next.requester.id, next.machine);
    return person >= most.person || machine >= most.machine || all >= most.all;
  }

  /** The newest first. */
  #which(fits: (indexes: Indexes) => boolean, limit: number): readonly Request[] {
    const all = [...this.#live].filter(([, one]) => fits(one));
    const newest = all.sort(([a, one], [b, two]) => two.askedAt - one.askedAt || (a < b ? 1 : -1));
    return newest.slice(0, limit).flatMap(([id]) => this.#requests.get(id) ?? []);
  }

  #on(machine: MachineId, fits: (one: Indexes) => boolean = () => true): readonly (readonly [string, Instant])[] {
    return [...this.#live]
      .flatMap(([id, one]) => (one.machine === machine && fits(one) ? [[id, one.lookAt ?? 0] as const] : []))
      .sort(([a, one], [b, two]) => one - two || (a < b ? -1 : 1));
  }

  /** The machine's time is the earliest of its requests, but not before `soonest`. */
  #reckon(machine: MachineId, soonest: Instant): void {
    const first = this.#on(machine)[0];
    if (first) this.#due.set(machine, Math.max(first[1], soonest));
    else this.#due.delete(machine);
  }

  #at(): Instant {
    this.#latest = Math.max(this.#latest, this.#options.now());
    return this.#latest;
  }

  #now(): Now {
    const now = { at: this.#at(), trusted: this.#options.trusted?.() ?? true, epoch: this.#epoch };
    return this.#wentBack || this.#isDoubted ? { ...now, wentBack: true } : now;
  }
}
