import type { LeaseMemory } from '../../src/app/lifeboat/memory.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { PortProof } from '../../src/core/request/lease.ts';
import { type InForce, isInForce, placementsOf, type Request } from '../../src/core/request/request.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Opening } from '../../src/ports/cloud.ts';
import { LIMITS, type ModelCloud } from './cloud.ts';
import { MoveOracle } from './moves.ts';
import type { Scheduler } from './scheduler.ts';

/** Longer than a lock may last, so that whoever held it when a request was over opens nothing any more. */
const HELD_MS = 2 * LIMITS.callMs;

/** What the oracle saw besides what must not be: in model milliseconds. */
export interface Figures {
  /** Requests that were approved; and those that something was opened for. */
  readonly leases: number;
  readonly opened: number;
  /** The longest that a rule stood past its end, and past a revocation. */
  readonly lateMs: number;
  readonly revokedLateMs: number;
  /** The longest that a rule stood again after its closing was proven: a call that had begun before landed late. */
  readonly returnedMs: number;
}

interface Judged {
  readonly scheduler: Scheduler;
  readonly cloud: ModelCloud;
  /** How many have to approve. */
  readonly needs: (machine: MachineId) => number;
  readonly mostLateMs: number;
  /** The store may lose commits. */
  readonly mayGoBack: boolean;
}

type EndedRequest = Extract<Request, { readonly status: 'ended' }>;

/** A lease in force on a placement: since when it had this end, and until when. */
interface Leased {
  readonly request: string;
  readonly until: number;
  readonly from: number;
  to?: number;
}

/**
 * Is asked after every step, and sees every commit in the moment it is made. It knows what was decided and what the cloud holds,
 * and nothing of how the program comes to do what it does.
 */
/** What is asked for when more time is. */
export const EXTENDED_MS = 20_000;

export class Oracle {
  readonly wrong: string[] = [];
  readonly #scheduler: Scheduler;
  readonly #cloud: ModelCloud;
  readonly #mostLateMs: number;
  readonly #mayGoBack: boolean;
  /** Who has ever approved a request, and how many have to. */
  readonly #approved = new Map<string, ReadonlySet<string>>();
  readonly #needs: (machine: MachineId) => number;
  /** Since when a request is known to be over. */
  readonly #over = new Map<string, number>();
  readonly #refused = new Set<string>();
  /** What goes on from another source, by the oracle of its own. */
  readonly #moves = new MoveOracle((what) => this.#say(what));
  /** When the proof of a request was made that was judged last. */
  readonly #judged = new Map<string, number>();
  readonly #leased = new Map<string, Leased[]>();
  /** Placements of requests whose closing was proven, and since when; not while another one may want them. */
  readonly #proven = new Map<string, number>();
  readonly #opened = new Set<string>();
  /** By placement: when the last lease on it was revoked, where nobody wants it any more. */
  readonly #revoked = new Map<string, number>();
  readonly #inForce = new Map<string, ReadonlySet<string>>();
  #lateMs = 0;
  #revokedLateMs = 0;
  #returnedMs = 0;

  constructor({ scheduler, cloud, needs, mostLateMs, mayGoBack }: Judged) {
    this.#scheduler = scheduler;
    this.#cloud = cloud;
    this.#needs = needs;
    this.#mostLateMs = mostLateMs;
    this.#mayGoBack = mayGoBack;
  }

  /** How many accesses were moved to another source. */
  get moved(): number {
    return this.#moves.moved;
  }

  get figures(): Figures {
    return {
      leases: this.#approved.size,
      opened: this.#opened.size,
      lateMs: this.#lateMs,
      revokedLateMs: this.#revokedLateMs,
      returnedMs: this.#returnedMs,
    };
  }

  /** A request was committed like this. */
  commits(request: Request): void {
    const { id, status } = request;
    this.#startsInTime(request);
    this.#moves.commits(request);
    if (status === 'activating' && !this.#approved.has(id)) {
      const by = new Set(request.reviews.filter(({ verdict }) => verdict === 'approve').map((one) => one.by.id));
      this.#approved.set(id, by);
      if (by.size < this.#needs(request.machine)) this.#say(`${id} was approved by ${by.size} alone`);
      if (by.has(request.requester.id)) this.#say(`${id} was approved by its own requester`);
    }
    // Not again after the first time either: whose refusal no store has lost is refused.
    if (status === 'activating' && this.#refused.has(id))
      this.#say(`${id} was approved after it was denied, withdrawn, or expired`);
    if (status === 'denied' || status === 'withdrawn' || status === 'expired') this.#refused.add(id);
    if (!this.#mayGoBack || status === 'ended') this.sees(request);
    if ('lease' in request) this.#wants(request);
    this.#leases(request);
    if (status === 'ended') this.#judgeProof(request);
  }

  /** Nothing is let in before its start, nor longer than was asked for. */
  #startsInTime(request: Request): void {
    const { id, startsAt, forMs } = request;
    if (startsAt === undefined || !('lease' in request)) return;
    if (this.#scheduler.now < startsAt) this.#say(`${id} was let in before its start`);
    const more = request.timeline.filter(({ event }) => event === 'extended').length * EXTENDED_MS;
    if (request.lease.until !== startsAt + forMs + more) this.#say(`${id} ends at another time than was asked for`);
  }

  /** Some process knows it like this. What a store lost before anybody knew, nobody can keep from being opened. */
  sees(request: Request, memory?: LeaseMemory): void {
    memory?.see(request);
    const { id, status } = request;
    if ((status === 'closing' || status === 'ended') && !this.#over.has(id)) this.#over.set(id, this.#scheduler.now);
  }

  /** A store that went back does not know any more what was over: what it opens again is told apart by `#isOver`. */
  #wants(request: Extract<Request, { readonly lease: object }>): void {
    const isInForce = request.status === 'activating' || request.status === 'active';
    for (const placement of request.lease.placements) {
      const key = placementKey(placement);
      const others = new Set(this.#inForce.get(key));
      if (isInForce) others.add(request.id);
      else others.delete(request.id);
      this.#inForce.set(key, others);
      if (isInForce) {
        this.#revoked.delete(key);
        this.#proven.delete(key);
      } else if (others.size === 0 && request.ending.why === 'revoked' && !this.#revoked.has(key))
        this.#revoked.set(key, request.ending.at);
    }
  }

  /** A store lost commits, and knows these requests: a refusal that it lost is none any more, nor is the end of a lease. */
  wentBack(known: readonly (Request | undefined)[]): void {
    const byId = new Map(known.flatMap((one) => (one ? [[one.id, one] as const] : [])));
    for (const id of this.#refused) {
      const status = byId.get(id)?.status;
      if (status === undefined || status === 'pending' || status === 'scheduled') this.#refused.delete(id);
    }
    for (const one of [...this.#leased.values()].flat()) if (!byId.has(one.request)) one.to ??= this.#scheduler.now;
    for (const request of byId.values()) this.#leases(request);
  }

  /** Keeps when which lease was in force on a placement, and until when it was to be. */
  #leases(request: Request): void {
    const { now } = this.#scheduler;
    const keys = isInForce(request) ? placementsOf(request).map(placementKey) : [];
    for (const [key, all] of this.#leased)
      for (const one of all)
        if (
          one.request === request.id &&
          !(keys.includes(key) && isInForce(request) && endsOf(request).includes(one.until))
        )
          one.to ??= now;
    if (!isInForce(request)) return;
    for (const key of keys) {
      const all = this.#leased.get(key) ?? [];
      this.#leased.set(key, all);
      const held = all.flatMap((one) => (one.request === request.id && one.to === undefined ? [one.until] : []));
      for (const until of endsOf(request))
        if (!held.includes(until)) all.push({ request: request.id, until, from: now });
    }
  }

  /**
   * A proof says of each port what people are told: whether another lease holds the rule, until when, and whether something else
   * opens the port. Each part is judged by what held when it was read, as far as a reading may lag; once, as later versions of a
   * request carry it along, when the other lease may be over too.
   */
  #judgeProof(request: EndedRequest): void {
    const { id, proof } = request;
    if (this.#judged.get(id) === proof.at) return;
    this.#judged.set(id, proof.at);
    const rules = this.#cloud.rules();
    for (const placement of request.lease.placements) {
      const key = placementKey(placement);
      const port = proof.ports.find((one) => one.port.number === placement.rule.port.number);
      const until = port && 'until' in port ? port.until : undefined;
      const standing = rules.find((rule) => placementKey(rule.placement) === key);
      // What was put there later may have come after the reading, by a call that had begun before.
      if (until === undefined && standing && standing.since < proof.at - LIMITS.readLagMs)
        this.#say(`${id} is ended as ${port?.verdict}, while its rule stands`);
      if (until !== undefined && !this.#isHeld(key, request, until))
        this.#say(`${id} is ended as held by another lease, and there is none with that end`);
      if ((this.#inForce.get(key)?.size ?? 0) === 0 && !this.#proven.has(key))
        this.#proven.set(key, this.#scheduler.now);
    }
    for (const port of proof.ports) this.#judgeOthers(request, port);
  }

  /** Was another lease in force on it, with that end, when it was read? */
  #isHeld(key: string, { id, proof: { at } }: EndedRequest, until: number): boolean {
    const all = this.#leased.get(key) ?? [];
    return all.some(
      (one) =>
        one.request !== id && one.until === until && one.from <= at && at <= (one.to ?? Number.POSITIVE_INFINITY),
    );
  }

  /** “closed” and “shared” say that nothing else opens the port, “open” that something does. */
  #judgeOthers({ id, machine, proof: { at } }: EndedRequest, { port, verdict }: PortProof): void {
    const read = at - LIMITS.readLagMs;
    const since = this.#cloud.openByHand(machine, port);
    if ((verdict === 'closed' || verdict === 'shared') && since !== undefined && since < read)
      this.#say(`${id} is ended as ${verdict}, while a rule of somebody else has its port open`);
    if (verdict === 'open' && since === undefined && this.#cloud.closedByHand(machine, port) < read)
      this.#say(`${id} is ended as open, while nobody else has its port open`);
    if (verdict === 'unknown') this.#say(`${id} is ended as unknown, where everything can be read`);
  }

  /** Something is about to be opened. */
  opens({ placement, note: { request, others = [] }, until }: Opening): void {
    const all = [request, ...others.map((other) => other.request)];
    for (const id of all) if (id !== '') this.#opened.add(id);
    if (all.every((id) => !this.#approved.has(id))) this.#say(`opened, and nobody approved it: ${all.join(' ')}`);
    if (all.every((id) => this.#isOver(id))) this.#say(`opened again: ${all.join(' ')}`);
    for (const id of all) this.#moves.opens(id, placement.rule.source);
    if (until <= this.#scheduler.now) this.#say(`opened after its end: ${all.join(' ')}`);
  }

  /** Asked after every step. */
  look(): void {
    const { now } = this.#scheduler;
    for (const { placement, until, since } of this.#cloud.rules()) {
      const key = placementKey(placement);
      // Of a call that landed after the end it is late from when it landed.
      const late = now - Math.max(until, since);
      if (now > until) this.#lateMs = Math.max(this.#lateMs, late);
      if (now > until && late > this.#mostLateMs)
        this.#say(`stands ${this.#mostLateMs / 1_000} s past its end: ${key}`);
      const isWanted = (this.#inForce.get(key)?.size ?? 0) > 0;
      const revoked = this.#revoked.get(key);
      if (!isWanted && revoked !== undefined)
        this.#revokedLateMs = Math.max(this.#revokedLateMs, Math.min(now, until) - Math.max(revoked, since));
      const proven = this.#proven.get(key);
      if (!isWanted && proven !== undefined)
        this.#returnedMs = Math.max(this.#returnedMs, now - Math.max(proven, since));
    }
  }

  /** Was it over for longer than a lock may last, whatever a store that went back says by now? */
  #isOver(request: string): boolean {
    const since = this.#over.get(request);
    return since !== undefined && this.#scheduler.now - since > HELD_MS;
  }

  /** Each once. */
  #say(what: string): void {
    if (!this.wrong.includes(what)) this.wrong.push(what);
  }
}

/** More time that was approved is judged again before the cloud is told: until then the lease is sure to last as long as the cloud says. */
function endsOf({ lease }: InForce): readonly Instant[] {
  const { seenUntil = lease.until } = lease;
  return seenUntil < lease.until ? [lease.until, seenUntil] : [lease.until];
}
