import type { Instance } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { portText } from '../../../src/core/rule/port.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import { familyOf } from '../../../src/core/rule/source.ts';
import type { Aws } from '../ec2/context.ts';
import { type ProtectedMachine, readProtected } from '../ec2/protected.ts';
import { primaryInterface } from '../ec2/security-group.ts';
import { STRATEGIES } from './strategies.ts';

/** Where rules of one machine will be written, by the strategy of the settings. */
export async function locate(aws: Aws, rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]> {
  const [first] = rules;
  if (!first) return [];
  const reading = await readProtected(aws, first.machine, signal);
  const { site, instance, machine } = reading;
  const jitGroup = groupProtecting(reading, rules);
  if (rules.some(({ source }) => !hasAddress(instance, familyOf(source))))
    throw new JitError('machineUnreachable', { machine: machine.name });
  return STRATEGIES[aws.settings.strategy].locate({ aws, site, instance, jitGroup }, rules, signal);
}

/** The machine's own group. Throws `notProtected` for the first port that it does not protect. */
function groupProtecting({ machine, jitGroup, protection }: ProtectedMachine, rules: readonly Rule[]): string {
  const ports = protection?.ports.map(({ port }) => portText(port)) ?? [];
  const missing = rules.map(({ port }) => portText(port)).find((port) => !ports.includes(port));
  if (jitGroup !== undefined && missing === undefined) return jitGroup;
  const port = missing ?? ports[0] ?? '';
  throw new JitError('notProtected', { machine: machine.name, port, protected: ports.join(', ') || 'nothing' });
}

function hasAddress(instance: Instance, family: 'ipv4' | 'ipv6'): boolean {
  const primary = primaryInterface(instance);
  return family === 'ipv4' ? primary?.PrivateIpAddress !== undefined : (primary?.Ipv6Addresses ?? []).length > 0;
}
