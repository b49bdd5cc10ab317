import { JitError } from '../../../src/core/errors/errors.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Subscription } from '../arm/clients.ts';
import { readGroups } from '../arm/groups.ts';
import { partsOf } from '../arm/ids.ts';
import { readSiteNetwork, type SiteNetwork } from '../arm/interfaces.ts';
import { locationNow } from '../arm/location.ts';
import type { Vm } from '../arm/machine.ts';
import { allPolicies, type PolicyRef, policiesOfGroup, policyPath, readPolicy } from './policy.ts';
import type { JitPolicy } from './policy-wire.ts';

/** The words of Defender's rules, deny and allow, now and before 2023 (observed). */
const WORDS = /^(?:MDC|ASC) JIT Network Access rule .*for policy '(.+)' of VM '(.+)'\.$/i;

/**
 * A policy as it is, to be written anew; undefined where there is none. One 404 or one list that lacks it proves nothing:
 * whoever believed it would write a policy without the machines of others. Throws `policyUnclear` where two readings
 * differ, or where rules that Defender wrote for it still stand.
 */
export async function readSurely(
  site: Subscription,
  ref: PolicyRef,
  signal: AbortSignal,
): Promise<JitPolicy | undefined> {
  const id = policyPath(site, ref).path.toLowerCase();
  const unclear = (why: string) => new JitError('policyUnclear', { policy: ref.name, why });
  const near = await policiesOfGroup(site, ref.group, signal);
  const listed = near.find((policy) => policy.id === id);
  const found = await readPolicy(site, ref, signal);
  if (found) {
    if (listed && !holdsAll(found, listed)) throw unclear('one reading lacks machines that another one shows');
    return found;
  }
  const all = await allPolicies(site, signal);
  if (listed || all.some((policy) => policy.id === id)) throw unclear('Azure lists it, and does not find it');
  const held = new Set(all.flatMap(({ machines }) => machines.map(({ machine }) => machine)));
  const { groups, nics } = await readSiteNetwork(site, signal);
  const isNear = (machine: MachineId) => partsOf(providerIdOf(machine)).group.toLowerCase() === ref.group.toLowerCase();
  const unheld = [...nics].filter(([machine]) => !held.has(machine) && isNear(machine));
  const left = leftBehind({ groups, nics: new Map(unheld) }, ref.name);
  if (left) throw unclear(leftText(left));
  return undefined;
}

/** Is all of an older reading in a newer one? */
function holdsAll(newer: JitPolicy, older: JitPolicy): boolean {
  const machines = new Set(newer.machines.map(({ machine }) => machine));
  return older.machines.every(({ machine }) => machines.has(machine));
}

/** Throws `policyUnclear` where no policy holds a machine, and Defender's rules for it stand all the same. */
export async function refuseLeftBehind(site: Subscription, { machine, nics }: Vm, signal: AbortSignal): Promise<void> {
  const groups = await readGroups(site, locationNow({ nics }).groups, signal);
  const left = leftBehind({ groups, nics: new Map([[machine.id, nics]]) });
  if (left) throw new JitError('policyUnclear', { policy: left.policy, why: leftText(left) });
}

interface LeftBehind {
  readonly policy: string;
  readonly rule: string;
  readonly group: string;
  readonly machine: MachineId;
}

function leftText({ rule, group, machine }: LeftBehind): string {
  const [where, of] = [partsOf(group).name, partsOf(machine).name];
  return `Azure shows none that holds ${of}, but its rule ${rule} in ${where} is there (delete the rule if it is left over)`;
}

/** A rule that Defender wrote in front of one of these machines, for a policy of this name or any. */
function leftBehind({ groups, nics }: SiteNetwork, named?: string): LeftBehind | undefined {
  for (const [machine, own] of nics) {
    const vm = partsOf(machine).name.toLowerCase();
    for (const { groups: ids, addresses } of own)
      for (const group of ids)
        for (const { name: rule, description, destinations } of groups.get(group) ?? []) {
          const [, policy, of] = WORDS.exec(description) ?? [];
          const isIts = of?.toLowerCase() === vm && destinations.some((one) => addresses.includes(one));
          if (policy === undefined || !isIts) continue;
          if (named === undefined || policy.toLowerCase() === named.toLowerCase())
            return { policy, rule, group, machine };
        }
  }
  return undefined;
}
