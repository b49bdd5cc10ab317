import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { MarkedRule, Placement } from '../../../src/core/rule/rule.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { Azure } from '../arm/context.ts';
import type { MachineReading } from '../arm/reading.ts';
import type { OwnRules } from '../backend.ts';
import { allowRulesIn, byName, guardsOf, leasesIn } from './lease-rules.ts';

/** Rules of ours in the groups of a machine: those at these placements, and others that bear our mark for it. */
export function rulesAt(
  { installation, marks }: Azure,
  machine: MachineId,
  { vm, groups, addresses }: MachineReading,
  placements: readonly Placement[],
): OwnRules {
  const own = new Set(addresses.map(parseSource));
  const leases = leasesIn(allowRulesIn(groups, installation), {
    installation,
    marks,
    placements: byName(placements, installation),
    owners: (destinations) => (destinations.some((text) => own.has(parseSource(text))) ? [machine] : []),
    // Another machine may have the same address in another network, and the same group.
    claims: false,
  });
  const ours = leases.map(({ placement, mark, until, written }): MarkedRule => {
    const guards = vm ? guardsOf(vm, placement.rule.source) : [];
    const complete = guards.every(({ group }) => written.some((one) => one.group === group));
    const hasFailed = written.some(({ group, name }) =>
      (groups.get(group) ?? []).some((rule) => rule.name === name && rule.hasFailed),
    );
    // NB. Without an end it is written again: a rule that is not in all groups opens nothing, nor may one that failed.
    return { placement, mark, ...(until === undefined || !complete || hasFailed ? {} : { until }) };
  });
  return { ours, written: leases.flatMap(({ written }) => written) };
}
