import { providerIdOf } from '../../../src/core/machine/machine.ts';
import { type Outcome, outcomeOf } from '../../../src/kit/outcome.ts';
import type { Opened } from '../../../src/ports/cloud.ts';
import { locationNow } from '../arm/location.ts';
import type { Backend } from '../backend.ts';
import { NO_FIREWALLS } from '../firewall/in-front.ts';
import { close } from './close.ts';
import { locate } from './locate.ts';
import { lockDown, planLockdown } from './lockdown.ts';
import { missingIn, openMissing } from './missing.ts';
import { rulesAt } from './observe.ts';
import { openOne } from './open.ts';
import { rulesFound } from './patrol.ts';
import { allPolicies, entryOf, isNoPlan, orNoPlan, policyHolding, protectedPorts } from './policy.ts';
import { protect, protectKey, unprotect } from './protection.ts';
import { readAccesses } from './reading.ts';
import { accessesOf, BACKEND } from './records.ts';
import { remove } from './remove.ts';

const NOT_ASKED: Outcome<undefined> = { ok: true, value: undefined };

/** Defender for Cloud's just-in-time policies: it writes the rules, and takes them away at their end. */
export const defender: Backend = {
  writes: [BACKEND],
  async begin(azure, { site, machine, placements, isCurrent }, signal) {
    // What was placed is told by the policies where it was; else the one that holds the machine is asked. A subscription that
    // Defender has nothing to do with is not asked at all: the role may not even let us.
    const isHeld = isCurrent && placements.length === 0;
    const holding = isHeld ? await outcomeOf(() => policyHolding(site, machine, signal)) : NOT_ASKED;
    const recorded = placements.length > 0 ? await readAccesses(azure, site, { machine, placements }, signal) : [];
    // Without its plan Defender protects nothing, and what else we wrote is to be seen all the same.
    if (!holding.ok && !isNoPlan(holding.error)) throw holding.error;
    const policy = holding.ok ? holding.value : undefined;
    const held = policy ? accessesOf(policy, azure.marks).filter((access) => access.machine === machine) : [];
    const entry = policy && entryOf(policy, machine);
    return {
      rules: async (seen) => rulesAt({ ...seen, accesses: [...held, ...recorded] }, placements),
      edits: ({ vm }) => [
        ...locationNow(vm).groups.map((id) => ({ id, endsBy: 'delete' as const })),
        ...(policy ? [{ id: policy.id, endsBy: 'write' as const }] : []),
      ],
      protection: () => entry && { ports: protectedPorts(entry) },
      async locate(seen, rules, limit) {
        if (!holding.ok) throw holding.error;
        return locate(azure, { seen, policy }, rules, limit);
      },
    };
  },
  firewalls: async () => NO_FIREWALLS,
  async open(azure, openings, allowed) {
    const opened: Opened[] = [];
    for (const one of openings) opened.push(await openOne(azure, one, allowed));
    return opened;
  },
  close,
  onlyRemoves: () => true,
  remove,
  patrolSite: rulesFound,
  patrolAll: async function* () {},
  missing: missingIn,
  openMissing,
  async protections(_, { site, isCurrent }, signal) {
    const policies = isCurrent ? ((await orNoPlan(allPolicies(site, signal))) ?? []) : [];
    const entries = policies.flatMap(({ machines }) => machines);
    const ports = new Map(entries.map((entry) => [entry.machine, protectedPorts(entry)]));
    return (machine) => ports.get(machine);
  },
  protect,
  unprotect,
  protectKey,
  planLockdown: (_, target) => planLockdown(target),
  lockDown: (_, target) => lockDown(target),
  // Nothing was closed.
  planPutBack: async () => [],
  putBack: async () => undefined,
  async requestScope(site, machine, signal) {
    const policy = await policyHolding(site, machine, signal);
    return policy ? policy.id : providerIdOf(machine);
  },
  async check(site, signal) {
    await site.read(signal, ({ security }, options) => security.jitNetworkAccessPolicies.list(options).next());
  },
};
