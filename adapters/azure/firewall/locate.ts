import { JitError } from '../../../src/core/errors/errors.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import { familyOf, isPrivate } from '../../../src/core/rule/source.ts';
import { located } from '../arm/location.ts';
import type { Nic, Vm } from '../arm/machine.ts';
import type { GuardingGroup } from '../nsg/lease-rules.ts';
import type { Firewall, Firewalls } from './in-front.ts';
import { locatedOn } from './lease-rules.ts';
import { placementOn } from './names.ts';
import { isClosed, keeperOf } from './through.ts';

/** The address of a machine that a port of a firewall leads to. */
export interface LeaseTarget {
  readonly firewall: Firewall;
  readonly nic: Nic;
  readonly address: string;
  /** The client is inside the networks: nothing is translated, but the port is closed here, and the lease let through. */
  readonly isInside: boolean;
}

/**
 * Where a client from the internet gets in; undefined where no firewall stands, and for sources that come another way:
 * IPv6, which Azure Firewall does not know, and those inside the networks, unless the port was closed to these too.
 */
export function targetOf(
  { nics }: Pick<Vm, 'nics'>,
  firewalls: Firewalls,
  { source, port }: Pick<Rule, 'source' | 'port'>,
): LeaseTarget | undefined {
  if (familyOf(source) === 'ipv6') return undefined;
  const isInside = isPrivate(source);
  for (const nic of nics) {
    const firewall = firewalls.get(nic.id);
    const address = nic.addresses.find((one) => familyOf(one) === 'ipv4');
    if (firewall && address && (!isInside || isClosed(firewall.ruleSource.rules, port, address)))
      return { firewall, nic, address, isInside };
  }
  return undefined;
}

/** Where a rule goes: to the firewall on the machine's route, and into the groups in front of it. Throws what stands against it. */
export function locate(vm: Vm, firewalls: Firewalls, rule: Rule): Placement {
  const target = targetOf(vm, firewalls, rule);
  if (!target) throw new JitError('machineUnreachable', { machine: vm.machine.name });
  mustPass(target, rule, vm);
  return locatedAt(placementOn(rule), target);
}

/** Throws for a target that packets do not get to, whatever is opened. */
export function mustPass(target: LeaseTarget, rule: Rule, { machine }: Vm): void {
  const { firewall, isInside } = target;
  if (!isInside && firewall.addresses.length === 0) throw new JitError('machineUnreachable', { machine: machine.name });
  const why = keeperOf(firewall, rule, target);
  if (why !== undefined) throw new JitError('azureInTheWay', { why });
}

/** The groups in front of the one address that the firewall leads to. */
export function guardsBehind({ nic, address }: LeaseTarget): readonly GuardingGroup[] {
  return nic.groups.map((group) => ({ group, addresses: [address] }));
}

export function locatedAt(placement: Placement, { firewall, nic, address }: LeaseTarget): Placement {
  return locatedOn(located(placement, { groups: nic.groups, addresses: [address] }), [firewall.ruleSource.id]);
}
