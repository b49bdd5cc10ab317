import { randomUUID } from 'node:crypto';
import { addDnat, mapPort, removeDnat, sourcesBehind } from './defender-firewall.ts';
import { applyDenies, clearForeign, isAllowOf, removeRules, writeAllows } from './defender-rules.ts';
import { type JitAccess, type JitPolicy, type JitRequest, sameId } from './model.ts';
import type { Simulation } from './simulation.ts';

type Status = Pick<JitAccess, 'status' | 'statusReason'>;
type Wanted = Omit<JitAccess, 'status' | 'statusReason' | 'mapping'>;

const isLive = (access: JitAccess): boolean => access.status !== 'Revoked';
const sameSpot = (a: Wanted, b: Wanted): boolean => a.number === b.number && sameId(a.vmId, b.vmId);

/** The life of Defender's requests: rules come when they are initiated and go at their end, on the clock. */
export class Defender {
  readonly #sim: Simulation;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** Stores a policy and makes the groups say what it says, as the cleaner does at every update. */
  applyPolicy(policy: JitPolicy): void {
    const { world, behaviour } = this.#sim;
    world.put('policies', policy);
    for (const request of this.#requestsOf(policy.id)) {
      for (const access of request.accesses.filter(isLive)) {
        const vm = policy.virtualMachines.find((v) => sameId(v.id, access.vmId));
        if (!vm?.ports.some((p) => p.number === access.number)) {
          this.#revoke(request.id, access, { status: 'Revoked', statusReason: 'UserRequested' });
        } else if (behaviour.rewriteOnPut && access.status === 'Initiated' && !this.#hasRule(request.id, access)) {
          this.#write(policy, request.id, access);
        }
      }
    }
    clearForeign(world, policy);
    applyDenies(world, policy, behaviour.renumber);
  }

  /** Takes a policy away, with its deny rules and all that was opened through it. */
  removePolicy(policy: JitPolicy): void {
    const { world } = this.#sim;
    this.applyPolicy({ ...policy, virtualMachines: [] });
    for (const request of this.#requestsOf(policy.id)) world.remove('requests', request.id);
    world.remove('policies', policy.id);
  }

  /** Takes a checked request: opens now, or when its time of `Initiating` is over, and closes at the end. */
  initiate(policy: JitPolicy, requestor: string, justification: string | undefined, wanted: readonly Wanted[]) {
    const { world, behaviour } = this.#sim;
    const startMs = world.nowMs;
    if (behaviour.onReplace === 'revoke') this.#replace(policy.id, wanted);
    const accesses: JitAccess[] = [];
    for (const one of wanted) {
      const vm = policy.virtualMachines.find((v) => sameId(v.id, one.vmId));
      const mapped = mapPort(world.current, vm, one, accesses);
      accesses.push({ ...one, ...mapped, status: 'Initiating', statusReason: 'UserRequested' });
    }
    const id = randomUUID();
    const request: JitRequest = {
      id,
      policyId: policy.id,
      startMs,
      requestor,
      justification,
      hidden: false,
      accesses,
    };
    world.put('requests', request);
    if (behaviour.initiatingMs === 0) this.#open(id);
    else world.schedule(startMs + behaviour.initiatingMs, () => this.#open(id));
    for (const access of accesses) world.schedule(access.endMs, () => this.#expire(id, access));
    return request;
  }

  /** Writes what opens one port of a request, in the groups and on the firewall in front of them. */
  #write(policy: JitPolicy, requestId: string, access: JitAccess): void {
    const { world, behaviour } = this.#sim;
    const translated = access.mapping && behaviour.sourceBehindFirewall === 'firewall';
    const sources = translated ? sourcesBehind(world.current, access) : access.sources;
    writeAllows(world, policy, requestId, access, sources);
    addDnat(this.#sim, requestId, access, () => {
      const request = world.current.requests.get(requestId);
      return request?.accesses.some((a) => isLive(a) && sameSpot(a, access)) ?? false;
    });
  }

  #requestsOf(policyId: string): readonly JitRequest[] {
    return [...this.#sim.world.current.requests.values()].filter((r) => sameId(r.policyId, policyId));
  }

  #hasRule(requestId: string, access: JitAccess): boolean {
    const groups = [...this.#sim.world.current.nsgs.values()];
    return groups.some((nsg) => nsg.rules.some((rule) => isAllowOf(rule, requestId, access)));
  }

  #replace(policyId: string, wanted: readonly Wanted[]): void {
    for (const request of this.#requestsOf(policyId)) {
      for (const access of request.accesses) {
        if (isLive(access) && wanted.some((w) => sameSpot(w, access))) {
          this.#revoke(request.id, access, { status: 'Revoked', statusReason: 'NewerRequestInitiated' });
        }
      }
    }
  }

  #open(requestId: string): void {
    const { world } = this.#sim;
    const request = world.current.requests.get(requestId);
    const policy = request && world.current.policies.get(request.policyId.toLowerCase());
    if (!request || !policy) return;
    for (const access of request.accesses.filter((a) => a.status === 'Initiating')) {
      this.#mark(requestId, access, { status: 'Initiated', statusReason: 'UserRequested' });
      this.#write(policy, requestId, access);
    }
  }

  #expire(requestId: string, access: JitAccess): void {
    const { world, behaviour } = this.#sim;
    const dueMs = access.endMs + behaviour.removeLagMs;
    if (dueMs > world.nowMs) {
      world.schedule(dueMs, () => this.#expire(requestId, access));
      return;
    }
    const request = world.current.requests.get(requestId);
    const live = request?.accesses.some((a) => isLive(a) && sameSpot(a, access) && a.endMs === access.endMs);
    if (live) this.#revoke(requestId, access, { status: 'Revoked', statusReason: 'Expired' });
  }

  #revoke(requestId: string, access: JitAccess, status: Status): void {
    this.#mark(requestId, access, status);
    removeRules(this.#sim.world, (rule) => isAllowOf(rule, requestId, access));
    removeDnat(this.#sim, requestId, access);
  }

  #mark(requestId: string, access: Wanted, status: Status): void {
    const { world } = this.#sim;
    const request = world.current.requests.get(requestId);
    if (!request) return;
    const accesses = request.accesses.map((a) =>
      sameSpot(a, access) && a.endMs === access.endMs ? { ...a, ...status } : a,
    );
    world.put('requests', { ...request, accesses });
  }
}
