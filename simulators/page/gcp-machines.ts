import type { GcpSimulator } from '../gcp/index.ts';
import {
  alarmFor,
  type GroupView,
  isEverybody,
  type MachineView,
  managementPorts,
  oneAddress,
  type RuleView,
} from './machines.ts';

type GcpState = ReturnType<GcpSimulator['state']>;
type Instance = GcpState['instances'][number];
type Rule = GcpState['firewalls'][number];

/** The project's machines, each with the rules of its VPC network that are about it. */
export function gcpMachines(state: GcpState): readonly MachineView[] {
  return state.instances.map((instance) => {
    const rules = state.firewalls.filter((rule) => isAbout(rule, instance));
    return {
      id: `${instance.zone}/${instance.name}`,
      name: instance.name,
      place: instance.zone,
      address: instance.external ?? instance.address,
      running: instance.status === 'RUNNING',
      protectedPorts: rules.flatMap(protectedPorts),
      groups: [groupOf(instance, rules)],
    };
  });
}

function isAbout(rule: Rule, { network, address, tags = [], serviceAccount }: Instance): boolean {
  if (rule.direction !== 'INGRESS' || !rule.network.endsWith(network)) return false;
  const { destinationRanges, targetTags, targetServiceAccounts } = rule;
  if (destinationRanges) return destinationRanges.some((range) => oneAddress(range) === address);
  if (targetTags) return targetTags.some((tag) => tags.includes(tag));
  return !targetServiceAccounts || targetServiceAccounts.includes(serviceAccount ?? '');
}

/** Reads `drawbridge/1 protects <machine> 22=14400s 3389=14400s`, in a rule that does nothing but say so. */
function protectedPorts({ description = '' }: Rule): readonly number[] {
  const [, ports = ''] = description.split(/ protects \S+ /);
  return ports.split(' ').flatMap((word) => (/^\d+=/.test(word) ? [Number.parseInt(word, 10)] : []));
}

function groupOf({ network }: Instance, rules: readonly Rule[]): GroupView {
  const shown = rules.filter(({ disabled }) => !disabled).toSorted((a, b) => a.priority - b.priority);
  return { id: network, name: network, where: 'VPC network', rules: shown.map(ruleOf) };
}

function ruleOf(rule: Rule): RuleView {
  const { name, description = '', priority, allowed, denied, sourceRanges = ['0.0.0.0/0'] } = rule;
  const ours = /\bdb1\./.test(description);
  const until = Date.parse(/ until=(\S+)/.exec(description)?.[1] ?? '');
  const texts = (allowed ?? denied ?? []).flatMap(({ ports = ['*'] }) => ports);
  const everybody = sourceRanges.some(isEverybody);
  const alarm = allowed && everybody ? alarmFor(managementPorts(texts)) : undefined;
  return {
    key: rule.id,
    priority,
    name,
    access: allowed ? 'allow' : 'deny',
    ports: texts.includes('*') ? 'any' : texts.join(', '),
    source: everybody ? 'anywhere' : sourceRanges.map(oneAddress).join(', '),
    writer: ours ? 'Drawbridge' : 'a person',
    ours,
    ...(ours && !Number.isNaN(until) ? { endMs: until } : {}),
    ...(alarm ? { alarm } : {}),
  };
}
