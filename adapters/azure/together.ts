import { allOf } from '../../src/kit/outcome.ts';
import type { Opened } from '../../src/ports/cloud.ts';
import { locationNow } from './arm/location.ts';
import type { Backend, Knowledge, SeenPresent } from './backend.ts';
import { targetOf } from './firewall/locate.ts';
import { refuseUnprotected } from './nsg/locate.ts';

/**
 * One backend made of two: rules go into the groups in front of a machine, and where a firewall stands before these, onto it.
 * A machine that no group guards is protected on its firewall alone.
 */
export function together(groups: Backend, firewalls: Backend): Backend {
  const both = [groups, firewalls];
  return {
    writes: both.flatMap(({ writes }) => writes),
    async begin(azure, asked, signal) {
      const knowledge = await Promise.all(
        both.map((one) => {
          const placements = asked.placements.filter(({ backend }) => one.writes.includes(backend));
          return one.begin(azure, { ...asked, placements }, signal);
        }),
      );
      return joined(knowledge);
    },
    firewalls: (azure, vm, signal) => firewalls.firewalls(azure, vm, signal),
    async open(azure, openings, allowed) {
      const opened: Opened[] = [];
      for (const [backend, those] of Map.groupBy(openings, ({ placement }) => placement.backend)) {
        const one = both.find(({ writes }) => writes.includes(backend)) ?? groups;
        opened.push(...(await one.open(azure, those, allowed)));
      }
      return opened;
    },
    async close(azure, placements, allowed) {
      const parts = [...Map.groupBy(placements, ({ backend }) => backend)];
      await allOf(parts, ([backend, those]) => {
        const one = both.find(({ writes }) => writes.includes(backend)) ?? groups;
        return one.close(azure, those, allowed);
      });
    },
    onlyRemoves: (placement) =>
      both.find(({ writes }) => writes.includes(placement.backend))?.onlyRemoves(placement) ?? false,
    async remove(azure, placements, mayGo, allowed) {
      const parts = [...Map.groupBy(placements, ({ backend }) => backend)];
      const gone = await allOf(parts, ([backend, those]) => {
        const one = both.find(({ writes }) => writes.includes(backend)) ?? groups;
        return one.remove(azure, those, mayGo, allowed);
      });
      return gone.flat();
    },
    patrolSite: async (azure, survey, signal) =>
      (await allOf(both, (one) => one.patrolSite(azure, survey, signal))).flat(),
    patrolAll: async function* (azure, all, isWhole, signal) {
      for (const one of both) yield* one.patrolAll(azure, all, isWhole, signal);
    },
    missing: (azure, survey, signal) => groups.missing(azure, survey, signal),
    openMissing: (azure, found, signal) => groups.openMissing(azure, found, signal),
    protections: (azure, survey, signal) => groups.protections(azure, survey, signal),
    protect(azure, vm, protection, signal) {
      const isGuarded = locationNow(vm).groups.length > 0;
      return (isGuarded ? groups : firewalls).protect(azure, vm, protection, signal);
    },
    async unprotect(azure, vm, ports, signal) {
      for (const one of both) await one.unprotect(azure, vm, ports, signal);
    },
    protectKey: (azure, machine, signal) => groups.protectKey(azure, machine, signal),
    async planLockdown(azure, target, signal) {
      const plans = await Promise.all(both.map((one) => one.planLockdown(azure, target, signal)));
      return {
        remedies: plans.flatMap(({ remedies }) => remedies),
        stays: plans.flatMap(({ stays }) => stays),
        isShared: plans.some(({ isShared }) => isShared),
      };
    },
    async lockDown(azure, target, signal) {
      const inGroups = await groups.lockDown(azure, target, signal);
      return [...inGroups, ...(await firewalls.lockDown(azure, target, signal))];
    },
    async planPutBack(azure, vm, ports, signal) {
      const plans = await Promise.all(both.map((one) => one.planPutBack(azure, vm, ports, signal)));
      return plans.flat();
    },
    async putBack(azure, vm, ports, signal) {
      // What is in front goes last as it came last: in between it is rather closed than open.
      await firewalls.putBack(azure, vm, ports, signal);
      await groups.putBack(azure, vm, ports, signal);
    },
    requestScope: (site, machine, signal) => groups.requestScope(site, machine, signal),
    async check(site, signal) {
      for (const one of both) await one.check(site, signal);
    },
  };
}

/** What both know of a machine. */
function joined([groups, firewalls]: readonly Knowledge[]): Knowledge {
  const both = [groups, firewalls].flatMap((one) => one ?? []);
  const protection = (seen: SeenPresent) => groups?.protection(seen) ?? firewalls?.protection(seen);
  return {
    async rules(seen, signal) {
      const all = await Promise.all(both.map((one) => one.rules(seen, signal)));
      return { ours: all.flatMap(({ ours }) => ours), written: all.flatMap(({ written }) => written) };
    },
    protection,
    // The last rule of a policy's group goes with its group; and a rule of a group behind a firewall that denied would be taken for a lease.
    edits: (seen) => [
      ...(groups?.edits(seen) ?? []).map((one) =>
        seen.firewalls.size > 0 ? { ...one, endsBy: 'delete' as const } : one,
      ),
      ...[...seen.firewalls.values()].map(({ ruleSource: { id } }) => ({
        id,
        endsBy: /\/firewallPolicies\//i.test(id) ? ('delete' as const) : ('write' as const),
      })),
    ],
    async locate(seen, rules, signal) {
      refuseUnprotected(seen.vm, protection(seen), rules);
      const all = await allOf(rules, async (rule) => {
        const one = targetOf(seen.vm, seen.firewalls, rule) ? firewalls : groups;
        return (await one?.locate(seen, [rule], signal)) ?? [];
      });
      return all.flat();
    },
  };
}
