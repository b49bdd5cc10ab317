import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { MarkedRule, Placement } from '../../../src/core/rule/rule.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { Azure } from '../arm/context.ts';
import type { Reading, Standing } from '../arm/reading.ts';
import { isClosed } from './judge.ts';
import { guardsBehind, type Target, targetOf } from './lease.ts';
import { BACKEND } from './names.ts';
import { halvesIn, type Spot, spotsIn } from './own.ts';

/** Rules of ours on the firewalls of a machine and in the groups behind them: those at these placements, and others that bear our mark for it. */
export function wallRulesIn(
  { installation, marks }: Azure,
  machine: MachineId,
  { vm, groups, addresses, books, walls }: Reading,
  placements: readonly Placement[],
): { readonly ours: readonly MarkedRule[]; readonly standing: readonly Standing[] } {
  const own = new Set(addresses.map(parseSource));
  const spots = spotsIn(halvesIn(books, groups, installation), {
    marks,
    placements: placements.filter(({ backend }) => backend === BACKEND),
    owners: (address) => (own.has(parseSource(address)) ? [machine] : []),
    claims: false,
  });
  const settled = books.every((book) => book.settled);
  const ours = spots.map((spot): MarkedRule => {
    const { placement, mark, until } = spot;
    const target = vm && targetOf(vm, walls, placement.rule);
    // NB. Without an end it is written again: half of a rule opens nothing, and a firewall takes its time.
    const isThere = settled && (!target || isComplete(spot, target, placement.rule.port));
    return { placement, mark, connect: connectOf(spot), ...(until === undefined || !isThere ? {} : { until }) };
  });
  return { ours, standing: spots.flatMap(({ standing }) => standing) };
}

function isComplete({ halves, standing }: Spot, target: Target, port: Port): boolean {
  const { wall, address, isInside } = target;
  const here = halves.flatMap((half) => ('rule' in half && half.book === wall.book.id ? [half.rule] : []));
  const isTranslated = isInside || here.some(({ to }) => to?.address === address);
  const isPassed = !isClosed(wall.book.rules, port, address) || here.some(({ ours }) => ours === 'pass');
  const isLetIn = guardsBehind(target).every(({ group }) => standing.some((one) => one.group === group));
  return isTranslated && isPassed && isLetIn;
}

function connectOf({ halves }: Spot): string | undefined {
  for (const half of halves)
    if ('rule' in half && half.rule.ours === 'lease') return `${half.rule.destinations[0]}:${half.rule.ports[0]}`;
  return undefined;
}
