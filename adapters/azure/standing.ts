import type { Port } from '../../src/core/rule/port.ts';
import type { StandingRule } from '../../src/core/rule/rule.ts';
import { waysTo } from './arm/evaluate.ts';
import type { ArmId } from './arm/ids.ts';
import type { Nic } from './arm/machine.ts';
import type { NsgRule } from './arm/nsg-rules.ts';
import { waysBehind } from './firewall/evaluate.ts';
import type { Firewalls } from './firewall/in-front.ts';
import { behindPrefix } from './firewall/names.ts';

/** One group in front of an interface, with its rules in the order in which they are judged. */
export interface NamedGroup {
  readonly group: ArmId | undefined;
  readonly rules: readonly NsgRule[];
}

/** What is known of what stands in front of a machine. */
export interface InFront {
  readonly installation: string;
  readonly firewalls: Firewalls;
  isOurs(group: ArmId | undefined, name: string): boolean;
}

/** What opens these ports of an interface, our own rules left aside. */
export function waysInto(
  nic: Nic,
  gates: readonly NamedGroup[],
  ports: readonly Port[],
  { installation, firewalls, isOurs }: InFront,
): readonly StandingRule[] {
  const without = (isLeft: (group: ArmId | undefined, name: string) => boolean) =>
    gates.map(({ group, rules }) => rules.filter(({ name }) => !isLeft(group, name)));
  const own = without(isOurs);
  const firewall = firewalls.get(nic.id);
  const prefix = behindPrefix(installation);
  const opened = without((group, name) => isOurs(group, name) && !name.toLowerCase().startsWith(prefix));
  return nic.addresses.flatMap((address) =>
    ports.flatMap((port) =>
      firewall ? waysBehind(firewall, { own, opened }, address, port) : waysTo(own, address, port),
    ),
  );
}
