import { randomUUID } from 'node:crypto';
import { type AuditEntry, NOTHING_CHANGED } from '../../core/audit/entry.ts';
import type { Instant } from '../../core/language/instant.ts';
import { cloudOf } from '../../core/machine/machine.ts';
import { type Placement, placementKey } from '../../core/rule/rule.ts';
import type { Cloud, Found } from '../../ports/cloud.ts';
import type { Spool } from '../../ports/spool.ts';
import { codeOf } from '../audit/act.ts';
import { collecting } from '../audit/calls.ts';
import { fieldsOf, logEntry } from '../audit/log.ts';
import type { Deps } from '../deps.ts';
import type { LeaseMemory } from './memory.ts';
import { askStore, whyGo } from './overdue.ts';

/** The longest look at a whole cloud, and the longest removal in what one lock guards. */
const LOOK_MS = 120_000;
const REMOVE_MS = 60_000;
/** A look that failed is made again after this, then twice as late each time, and no later than any other. */
const LOOK_AGAIN_MS = 10_000;
/** So much is edited at a time in one cloud. */
const TOGETHER = 10;
/** Rules kept of one look. */
const MOST = 50_000;

export interface Hands {
  readonly deps: Pick<Deps, 'store' | 'log' | 'monotonic' | 'calls'>;
  readonly memory: LeaseMemory;
  readonly spool: Spool;
  /** A whole look again after this. */
  readonly patrolMs: number;
  /** What the store's clock would say, as far as it was heard and trusted: where a cloud tells no time. */
  readonly storeNow?: () => Instant | undefined;
}

export interface Round {
  readonly closed: readonly Placement[];
  readonly failed: readonly { readonly placement: Placement; readonly error: unknown }[];
}

/** Closes in one cloud by placement, with no lock and no store: what marks and the cloud's own clock say, and what is remembered. */
export class CloudBoat {
  readonly #hands: Hands;
  readonly #cloud: Cloud;
  #found = new Map<string, Found>();
  /** Tried since the last look, without trouble: what is there now the next look shows. */
  #tried = new Set<string>();
  /** When the cloud is to be looked through again; undefined where it was not yet. */
  #nextMs: number | undefined;
  #failures = 0;
  /** Ends with the time that the store is away: a look that began in another one is given up. */
  #time = new AbortController();
  /** What the cloud's clock said, and when. */
  #clock: { readonly cloudNow: Instant; readonly atMs: number } | undefined;

  constructor(hands: Hands, cloud: Cloud) {
    this.#hands = hands;
    this.#cloud = cloud;
  }

  /** Forgets what it found: the next look is at once. */
  reset(): void {
    this.#time.abort();
    this.#time = new AbortController();
    this.#nextMs = undefined;
    this.#failures = 0;
    this.#found = new Map();
    this.#tried = new Set();
  }

  /** Looks through the cloud, where it is time to. Rounds go on meanwhile, with what is known. */
  async look(signal: AbortSignal): Promise<void> {
    const { deps, patrolMs } = this.#hands;
    if (this.#nextMs !== undefined && deps.monotonic() < this.#nextMs) return;
    const time = this.#time;
    const startedMs = deps.monotonic();
    const isWhole = await this.#lookThrough(AbortSignal.any([signal, time.signal]));
    if (time.signal.aborted) return;
    this.#failures = isWhole ? 0 : this.#failures + 1;
    const againMs = Math.min(patrolMs, LOOK_AGAIN_MS * 2 ** Math.max(0, this.#failures - 1));
    this.#nextMs = isWhole ? startedMs + patrolMs : deps.monotonic() + againMs;
  }

  /** Closes what is over, as far as it is known. */
  async round(signal: AbortSignal): Promise<Round> {
    const { deps } = this.#hands;
    const due = this.#due();
    if (due.length === 0) return { closed: [], failed: [] };
    const inForce = await askStore(deps.store, [...new Set(due.map(({ rule }) => rule.machine))]);
    const byLock = [...Map.groupBy(due, ({ locks }) => locks.join(' ')).values()];
    const closed: Placement[] = [];
    const failed: { placement: Placement; error: unknown }[] = [];
    for (let from = 0; from < byLock.length; from += TOGETHER) {
      signal.throwIfAborted();
      await Promise.all(
        byLock.slice(from, from + TOGETHER).map(async (those) => {
          try {
            closed.push(...(await this.#remove(those, inForce, signal)));
          } catch (error) {
            failed.push(...those.map((placement) => ({ placement, error })));
          }
        }),
      );
    }
    return { closed, failed };
  }

  /** What was read counts at once: no place waits for one that is silent. Gives whether that is all. */
  async #lookThrough(signal: AbortSignal): Promise<boolean> {
    const { deps } = this.#hands;
    const before = new Set(this.#found.keys());
    const seen = new Set<string>();
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
      for await (const one of this.#cloud.marked?.(limit) ?? []) {
        if (one.cloudNow !== undefined) this.#clock = { cloudNow: one.cloudNow, atMs: deps.monotonic() };
        signal.throwIfAborted();
        const key = placementKey(one.placement);
        seen.add(key);
        // What was taken away and is remembered is not gone after again, unless it is there.
        this.#tried.delete(key);
        if (this.#found.size < MOST || this.#found.has(key)) this.#found.set(key, one);
      }
    } catch (error) {
      // What could be read is gone through; of the rest what was found before.
      if (!signal.aborted)
        deps.log.error({ cloud: this.#cloud.cloud, error }, 'the lifeboat could not look through a cloud');
      return false;
    }
    for (const key of before) if (!seen.has(key)) this.#found.delete(key);
    return true;
  }

  /** What seems to be over: it is read again before it goes. */
  #due(): readonly Placement[] {
    const spots = this.#hands.memory.spots();
    const now = this.#now() ?? this.#hands.storeNow?.();
    const marked = [...this.#found.values()].filter((found) =>
      whyGo(timed(found, now ?? found.cloudNow), spots.get(placementKey(found.placement)), undefined),
    );
    const due = new Map(marked.map(({ placement }) => [placementKey(placement), placement]));
    for (const [key, { placement, until, isRevoked }] of spots) {
      if (cloudOf(placement.rule.machine) !== this.#cloud.cloud || due.has(key)) continue;
      const isOver = isRevoked || (now !== undefined && until <= now);
      // One that a look has shown is judged by what it showed.
      if (isOver && !this.#found.has(key)) due.set(key, placement);
    }
    return [...due].flatMap(([key, placement]) => (this.#tried.has(key) ? [] : [placement]));
  }

  /** The cloud's clock, as far as it is known. */
  #now(): Instant | undefined {
    return this.#clock && this.#clock.cloudNow + (this.#hands.deps.monotonic() - this.#clock.atMs);
  }

  async #remove(
    placements: readonly Placement[],
    inForce: ReadonlyMap<string, Instant>,
    signal: AbortSignal,
  ): Promise<readonly Placement[]> {
    const spots = this.#hands.memory.spots();
    const acts = new Map(placements.map((placement) => [placementKey(placement), randomUUID()]));
    const entry = (placement: Placement, facts: Pick<AuditEntry, 'outcome'> & Partial<AuditEntry>): AuditEntry => ({
      ...aboutOf(placement),
      act: acts.get(placementKey(placement)) ?? randomUUID(),
      ...facts,
    });
    await this.#tell(placements.map((placement) => entry(placement, { outcome: 'begun' })));
    const limit = AbortSignal.any([signal, AbortSignal.timeout(REMOVE_MS)]);
    const why = new Map<string, string>();
    const staying = new Set<string>();
    const mayGo = (found: Found) => {
      const key = placementKey(found.placement);
      const reason = whyGo(timed(found, found.cloudNow ?? this.#hands.storeNow?.()), spots.get(key), inForce.get(key));
      if (reason === undefined) staying.add(key);
      else why.set(key, reason);
      this.#found.set(key, found);
      return reason !== undefined;
    };
    // One call may close several of them: each entry names what was called for all.
    const calls: string[] = [];
    const called = () => (calls.length > 0 ? { calls: [...calls] } : {});
    const remove = async () => this.#cloud.remove?.(placements, mayGo, limit) ?? [];
    try {
      const gone = await collecting(this.#hands.deps, calls, remove);
      // One that stays may be a moment before its end: it is judged again in the next round.
      for (const key of placements.map(placementKey)) if (!staying.has(key)) this.#tried.add(key);
      for (const placement of gone) this.#found.delete(placementKey(placement));
      const keys = new Set(gone.map(placementKey));
      await this.#tell(
        placements.map((placement) => {
          const key = placementKey(placement);
          if (!keys.has(key)) return entry(placement, { outcome: 'done', why: NOTHING_CHANGED });
          return entry(placement, { outcome: 'done', why: `${why.get(key)}; closed without Redis`, ...called() });
        }),
      );
      return gone;
    } catch (error) {
      await this.#tell(
        placements.map((placement) => entry(placement, { outcome: 'failed', code: codeOf(error), ...called() })),
      );
      this.#hands.deps.log.error(
        { error, placements: placements.map(placementKey) },
        'the lifeboat could not close a rule; it tries again',
      );
      throw error;
    }
  }

  /** An audit that cannot be written holds up no closing. */
  async #tell(entries: readonly AuditEntry[]): Promise<void> {
    const { deps, spool } = this.#hands;
    for (const entry of entries) if (entry.why !== NOTHING_CHANGED) logEntry(deps, entry);
    try {
      await spool.add(entries);
    } catch (error) {
      for (const entry of entries)
        deps.log.error({ ...fieldsOf(entry), error }, 'the audit cannot be written; closing all the same');
    }
  }
}

function timed(found: Found, cloudNow: Instant | undefined): Found {
  return { ...found, ...(cloudNow === undefined ? {} : { cloudNow }) };
}

function aboutOf({ rule: { machine, port, source }, backend, at }: Placement) {
  return {
    event: 'close found',
    by: 'drawbridge',
    as: 'patrol',
    machine,
    ports: [port],
    source,
    why: `Redis cannot be written (${backend} ${at})`,
  } as const;
}
