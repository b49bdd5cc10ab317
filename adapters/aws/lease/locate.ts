import type { Instance, InstanceNetworkInterface, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { againstAddresses, type MachineAddress } from '../../../src/core/machine/address.ts';
import { portText } from '../../../src/core/rule/port.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import type { Aws } from '../ec2/context.ts';
import { type ProtectedMachine, readProtected } from '../ec2/protected.ts';
import { addressesOf, servedInterfaces } from '../ec2/security-group.ts';
import { STRATEGIES } from './strategies.ts';

/** Where rules of one machine will be written, by the strategy of the settings. */
export async function locate(aws: Aws, rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]> {
  const [first] = rules;
  if (!first) return [];
  return locateIn(aws, await readProtected(aws, first.machine, signal), rules, signal);
}

/** The same of a machine that was read; `there`: the rules of its own group, where they were read with it. */
export async function locateIn(
  aws: Aws,
  { there, ...reading }: ProtectedMachine & { readonly there?: readonly SecurityGroupRule[] },
  rules: readonly Rule[],
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  const { site, instance, machine } = reading;
  const jitGroup = groupProtecting(reading, rules);
  for (const { source } of rules) {
    const error = againstAddresses(machine.name, source, addressesOpened(aws, instance, jitGroup));
    if (error) throw error;
  }
  return STRATEGIES[aws.settings.strategy].locate(
    { aws, site, instance, jitGroup, ...(there ? { there } : {}) },
    rules,
    signal,
  );
}

/** The machine's own group. Throws `notProtected` for the first port that it does not protect. */
function groupProtecting({ machine, jitGroup, protection }: ProtectedMachine, rules: readonly Rule[]): string {
  const ports = protection?.ports.map(({ port }) => portText(port)) ?? [];
  const missing = rules.map(({ port }) => portText(port)).find((port) => !ports.includes(port));
  if (jitGroup !== undefined && missing === undefined) return jitGroup;
  const port = missing ?? ports[0] ?? '';
  throw new JitError('notProtected', { machine: machine.name, port, protected: ports.join(', ') || 'nothing' });
}

/** Where people connect to a machine: on the interfaces that its group is on, or those that groups of leases are put on. */
export function addressesOpened(aws: Aws, instance: Instance, jitGroup: string | undefined): readonly MachineAddress[] {
  const served = servedInterfaces(instance);
  const isOn = ({ Groups = [] }: InstanceNetworkInterface) => Groups.some(({ GroupId }) => GroupId === jitGroup);
  return addressesOf(instance, (one) =>
    jitGroup === undefined || STRATEGIES[aws.settings.strategy].makesGroups ? served.includes(one) : isOn(one),
  );
}
