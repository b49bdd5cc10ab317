import type { MachineId } from '../../../src/core/machine/machine.ts';
import { providerIdOf } from '../../../src/core/machine/machine.ts';
import { type Placement, placementKey, type Rule } from '../../../src/core/rule/rule.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import type { GroupRule, Groups } from '../arm/groups.ts';
import { armIds } from '../arm/ids.ts';
import { hasFamily } from '../arm/location.ts';
import { isAllowOf } from '../arm/nsg-rules.ts';
import { type MachineReading, readMachine } from '../arm/reading.ts';
import { orNoPlan, policyHolding, policyRef, readPolicy } from './policy.ts';
import { type Access, accessesOf, isFor, isLive } from './records.ts';

/** A machine with what Defender's records say of it. */
export interface RecordedMachine extends Pick<MachineReading, 'vm' | 'now' | 'groups' | 'addresses'> {
  /** Newest last. */
  readonly accesses: readonly Access[];
}

/** What is at one placement. */
export interface FoundAccess {
  /** Defender's rules for exactly this. */
  readonly written: readonly GroupRule[];
  /** Does it stand in every group that the machine has now? */
  readonly complete: boolean;
  /** Our newest record for it. */
  readonly ours?: Access;
  /** Somebody else's request for the very same, in force: then what stands there is not ours alone. */
  readonly foreign?: Access;
}

/** Reads a machine, the groups in front of it, and what the records say. */
export async function readRecorded(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<RecordedMachine & MachineReading> {
  const site = siteOf(azure, providerIdOf(machine));
  const [reading, accesses] = await Promise.all([
    readMachine(azure, machine, placements, signal),
    readAccesses(azure, site, { machine, placements }, signal),
  ]);
  return { ...reading, accesses };
}

/** What the records of the recorded policies say of a machine; without placements, those of the policy that holds it. */
export async function readAccesses(
  azure: Azure,
  site: Subscription,
  { machine, placements }: { readonly machine: MachineId; readonly placements: readonly Placement[] },
  signal: AbortSignal,
): Promise<readonly Access[]> {
  const ids = armIds(placements.map(({ at }) => at));
  const policies = await orNoPlan(
    ids.length > 0
      ? Promise.all(ids.map((id) => readPolicy(site, policyRef(id), signal)))
      : policyHolding(site, machine, signal).then((policy) => [policy]),
  );
  return (policies ?? [])
    .flatMap((policy) => (policy ? accessesOf(policy, azure.marks) : []))
    .filter((access) => access.machine === machine);
}

/** What stands at a placement, and whose it is. */
export function accessAt({ accesses, groups, addresses, vm, now }: RecordedMachine, placement: Placement): FoundAccess {
  const { rule } = placement;
  const key = placementKey(placement);
  const written = rulesFor(groups, rule, addresses);
  const guards = armIds((vm?.nics ?? []).filter((nic) => hasFamily(nic, rule)).flatMap((nic) => nic.groups));
  const complete = guards.length > 0 && guards.every((id) => written.some(({ group }) => group === id));
  const ours = accesses.findLast((access) => access.ours && placementKey(access.ours.placement) === key);
  const foreign = accesses.findLast((access) => !access.ours && isLive(access, now) && isFor(access, rule));
  return { written, complete, ...(ours ? { ours } : {}), ...(foreign ? { foreign } : {}) };
}

/** Defender's allow rules for exactly this rule. */
export function rulesFor(groups: Groups, rule: Rule, addresses: readonly string[]): readonly GroupRule[] {
  return [...groups].flatMap(([group, rules]) =>
    rules.filter((one) => isAllowOf(one, rule, addresses)).map(({ name }) => ({ group, name })),
  );
}
