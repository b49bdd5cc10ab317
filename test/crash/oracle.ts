import type { LeaseMemory } from '../../src/app/lifeboat/memory.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { Request } from '../../src/core/request/request.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Opening } from '../../src/ports/cloud.ts';
import { LIMITS, type ModelCloud } from './cloud.ts';
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

/**
 * Is asked after every step, and sees every commit in the moment it is made. It knows what was decided and what the cloud holds,
 * and nothing of how the program comes to do what it does.
 */
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
    if (status === 'activating' && !this.#approved.has(id)) {
      const by = new Set(request.reviews.filter(({ verdict }) => verdict === 'approve').map((one) => one.by.id));
      this.#approved.set(id, by);
      if (by.size < this.#needs(request.machine)) this.#say(`${id} was approved by ${by.size} alone`);
      if (by.has(request.requester.id)) this.#say(`${id} was approved by its own requester`);
      if (this.#refused.has(id) && !this.#mayGoBack)
        this.#say(`${id} was approved after it was denied, withdrawn, or expired`);
    }
    if (status === 'denied' || status === 'withdrawn' || status === 'expired') this.#refused.add(id);
    if (!this.#mayGoBack || status === 'ended') this.sees(request);
    if ('lease' in request) this.#wants(request);
    if (status === 'ended') this.#judgeProof(request);
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

  #judgeProof(request: Extract<Request, { readonly status: 'ended' }>): void {
    const { now } = this.#scheduler;
    const rules = this.#cloud.rules();
    for (const placement of request.lease.placements) {
      const key = placementKey(placement);
      const isWanted = (this.#inForce.get(key)?.size ?? 0) > 0;
      const proof = request.proof.ports.find(({ port }) => port.number === placement.rule.port.number);
      if (isWanted || this.#proven.has(key)) continue;
      const standing = rules.find((rule) => placementKey(rule.placement) === key);
      // Only “closed” claims anything. What was put there later may have come after the reading, by a call that had begun before.
      if (proof?.verdict === 'closed' && standing && standing.since < request.proof.at - LIMITS.readLagMs)
        this.#say(`${request.id} is ended as closed, while its rule stands`);
      this.#proven.set(key, now);
    }
    for (const { port, verdict } of request.proof.ports) {
      const since = this.#cloud.openByHand(request.machine, port);
      if (verdict === 'closed' && since !== undefined && since < request.proof.at - LIMITS.readLagMs)
        this.#say(`${request.id} is ended as closed, while a rule of somebody else has its port open`);
    }
  }

  /** Something is about to be opened. */
  opens({ note: { request, others = [] }, until }: Opening): void {
    const all = [request, ...others.map((other) => other.request)];
    for (const id of all) if (id !== '') this.#opened.add(id);
    if (all.every((id) => !this.#approved.has(id))) this.#say(`opened, and nobody approved it: ${all.join(' ')}`);
    if (all.every((id) => this.#isOver(id))) this.#say(`opened again: ${all.join(' ')}`);
    if (until <= this.#scheduler.now - HELD_MS) this.#say(`opened after its end: ${all.join(' ')}`);
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
