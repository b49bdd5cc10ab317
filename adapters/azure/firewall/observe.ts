import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { MarkedRule, Placement } from '../../../src/core/rule/rule.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { Azure } from '../arm/context.ts';
import { armIds } from '../arm/ids.ts';
import type { OwnRules, Seen } from '../backend.ts';
import { type FoundOnFirewall, leasePartsIn, leasesOn, ruleSourcesIn } from './lease-rules.ts';
import { guardsBehind, type LeaseTarget, targetOf } from './locate.ts';
import { type RuleSource, readRuleSource } from './rule-source.ts';
import { isClosed } from './through.ts';

/** Rules of ours on the firewalls of a machine and in the groups behind them: those at these placements, and others that bear our mark for it. */
export async function rulesAt(
  azure: Azure,
  { machine, placements }: { readonly machine: MachineId; readonly placements: readonly Placement[] },
  seen: Seen,
  signal: AbortSignal,
): Promise<OwnRules> {
  const { vm, groups, addresses, firewalls } = seen;
  const { installation, marks } = azure;
  const ruleSources = await readAt(azure, seen, placements, signal);
  const own = new Set(addresses.map(parseSource));
  const leases = leasesOn(leasePartsIn(ruleSources, groups, installation), {
    marks,
    placements,
    owners: (address) => (own.has(parseSource(address)) ? [machine] : []),
    claims: false,
  });
  const settled = ruleSources.every((ruleSource) => ruleSource.settled);
  const ours = leases.map((lease): MarkedRule => {
    const { placement, mark, until } = lease;
    const target = vm && targetOf(vm, firewalls, placement.rule);
    // NB. Without an end it is written again: a rule that is not in all groups opens nothing, and a firewall takes its time.
    const isThere = settled && (!target || isComplete(lease, target, placement.rule.port));
    return { placement, mark, connect: connectOf(lease), ...(until === undefined || !isThere ? {} : { until }) };
  });
  return { ours, written: leases.flatMap(({ written }) => written) };
}

/** Firewalls in front of the machine, and everywhere that its rules were placed. */
async function readAt(
  azure: Azure,
  { firewalls }: Seen,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<readonly RuleSource[]> {
  const now = new Map([...firewalls.values()].map(({ ruleSource }) => [ruleSource.id, ruleSource]));
  const ids = armIds(placements.flatMap(ruleSourcesIn)).filter((id) => !now.has(id));
  const others = await Promise.all(ids.map((id) => readRuleSource(azure, id, signal)));
  return [...now.values(), ...others.flatMap((ruleSource) => ruleSource ?? [])];
}

function isComplete({ parts, written }: FoundOnFirewall, target: LeaseTarget, port: Port): boolean {
  const { firewall, address, isInside } = target;
  const here = parts.flatMap((part) =>
    'rule' in part && part.ruleSource === firewall.ruleSource.id ? [part.rule] : [],
  );
  const isTranslated = isInside || here.some(({ to }) => to?.address === address);
  const isPassed = !isClosed(firewall.ruleSource.rules, port, address) || here.some(({ ours }) => ours === 'pass');
  const isLetIn = guardsBehind(target).every(({ group }) => written.some((one) => one.group === group));
  return isTranslated && isPassed && isLetIn;
}

function connectOf({ parts }: FoundOnFirewall): string | undefined {
  for (const part of parts)
    if ('rule' in part && part.rule.ours === 'lease') return `${part.rule.destinations[0]}:${part.rule.ports[0]}`;
  return undefined;
}
