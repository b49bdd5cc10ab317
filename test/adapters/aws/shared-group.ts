import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { AwsHarness } from './harness.ts';

type Sim = Pick<AwsHarness, 'sim'>;

/** `web-1` and `web-2` appear, which share the group `web`: it opens 443 and, in a range of old things, 22 to everybody. */
export function launchSharing(aws: Pick<AwsHarness, 'sim' | 'idOf'>, description?: string): [MachineId, MachineId] {
  const old = { port: 20, toPort: 25, source: '0.0.0.0/0', ...(description === undefined ? {} : { description }) };
  const shared = { name: 'web', rules: [{ port: 443, source: '0.0.0.0/0' }, old] };
  aws.sim.human.launch({ name: 'web-1', privateIp: '10.1.0.41', groups: [shared] });
  aws.sim.human.launch({ name: 'web-2', privateIp: '10.1.0.42', groups: [shared] });
  return [aws.idOf('web-1'), aws.idOf('web-2')];
}

export function groupNamed({ sim }: Sim, name: string) {
  const found = sim.state().groups.find((one) => one.name === name);
  if (!found) throw new Error(`no group ${name}`);
  return found;
}

/** Its rules that let traffic in, in one line each. */
export function inbound(aws: Sim, name: string): readonly string[] {
  return groupNamed(aws, name)
    .rules.filter(({ direction }) => direction === 'ingress')
    .map(({ protocol, fromPort, toPort, source }) => `${protocol} ${fromPort}-${toPort} ${source}`)
    .sort();
}

/** Names of the groups on the interfaces of a machine. */
export function groupsOn({ sim }: Sim, machine: MachineId): readonly (string | undefined)[] {
  const { interfaces, groups } = sim.state();
  return interfaces
    .filter(({ instanceId }) => machine.endsWith(instanceId))
    .flatMap((nic) => nic.groups.map((id) => groups.find((group) => group.id === id)?.name));
}
