import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { MarkedRule, Placement } from '../../../src/core/rule/rule.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { Azure } from '../arm/context.ts';
import type { GroupRule, Reading } from '../arm/reading.ts';
import { byName, guardsOf, spotsIn, writtenIn } from './lease-rules.ts';
import { BACKEND } from './names.ts';

/** Rules of ours in the groups of a machine: those at these placements, and others that bear our mark for it. */
export function nsgRulesIn(
  { installation, marks }: Azure,
  machine: MachineId,
  { vm, groups, addresses }: Reading,
  placements: readonly Placement[],
): { readonly ours: readonly MarkedRule[]; readonly standing: readonly GroupRule[] } {
  const own = new Set(addresses.map(parseSource));
  const spots = spotsIn(writtenIn(groups, installation), {
    installation,
    marks,
    placements: byName(
      placements.filter(({ backend }) => backend === BACKEND),
      installation,
    ),
    owners: (destinations) => (destinations.some((text) => own.has(parseSource(text))) ? [machine] : []),
    // Another machine may have the same address in another network, and the same group.
    claims: false,
  });
  const ours = spots.map(({ placement, mark, until, standing }): MarkedRule => {
    const guards = vm ? guardsOf(vm, placement.rule.source) : [];
    const complete = guards.every(({ group }) => standing.some((one) => one.group === group));
    // NB. Without an end it is written again: part of a rule opens nothing.
    return { placement, mark, ...(until === undefined || !complete ? {} : { until }) };
  });
  return { ours, standing: spots.flatMap(({ standing }) => standing) };
}
