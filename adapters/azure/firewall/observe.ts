import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { MarkedRule, Placement } from '../../../src/core/rule/rule.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { Azure } from '../arm/context.ts';
import type { GroupRule, Reading } from '../arm/reading.ts';
import { isClosed } from './evaluate.ts';
import { guardsBehind, type LeaseTarget, targetOf } from './lease.ts';
import { leasePartsIn, type Spot, spotsIn } from './lease-rules.ts';
import { BACKEND } from './names.ts';

/** Rules of ours on the firewalls of a machine and in the groups behind them: those at these placements, and others that bear our mark for it. */
export function firewallRulesIn(
  { installation, marks }: Azure,
  machine: MachineId,
  { vm, groups, addresses, ruleSources, firewalls }: Reading,
  placements: readonly Placement[],
): { readonly ours: readonly MarkedRule[]; readonly standing: readonly GroupRule[] } {
  const own = new Set(addresses.map(parseSource));
  const spots = spotsIn(leasePartsIn(ruleSources, groups, installation), {
    marks,
    placements: placements.filter(({ backend }) => backend === BACKEND),
    owners: (address) => (own.has(parseSource(address)) ? [machine] : []),
    claims: false,
  });
  const settled = ruleSources.every((ruleSource) => ruleSource.settled);
  const ours = spots.map((spot): MarkedRule => {
    const { placement, mark, until } = spot;
    const target = vm && targetOf(vm, firewalls, placement.rule);
    // NB. Without an end it is written again: part of a rule opens nothing, and a firewall takes its time.
    const isThere = settled && (!target || isComplete(spot, target, placement.rule.port));
    return { placement, mark, connect: connectOf(spot), ...(until === undefined || !isThere ? {} : { until }) };
  });
  return { ours, standing: spots.flatMap(({ standing }) => standing) };
}

function isComplete({ parts, standing }: Spot, target: LeaseTarget, port: Port): boolean {
  const { firewall, address, isInside } = target;
  const here = parts.flatMap((part) =>
    'rule' in part && part.ruleSource === firewall.ruleSource.id ? [part.rule] : [],
  );
  const isTranslated = isInside || here.some(({ to }) => to?.address === address);
  const isPassed = !isClosed(firewall.ruleSource.rules, port, address) || here.some(({ ours }) => ours === 'pass');
  const isLetIn = guardsBehind(target).every(({ group }) => standing.some((one) => one.group === group));
  return isTranslated && isPassed && isLetIn;
}

function connectOf({ parts }: Spot): string | undefined {
  for (const part of parts)
    if ('rule' in part && part.rule.ours === 'lease') return `${part.rule.destinations[0]}:${part.rule.ports[0]}`;
  return undefined;
}
