import type { AwsState } from '../aws/view.ts';
import {
  alarmFor,
  type GroupView,
  isEverybody,
  type MachineView,
  managementPorts,
  oneAddress,
  type RuleView,
} from './machines.ts';

type Group = AwsState['groups'][number];
type Rule = Group['rules'][number];

/** The tags that Drawbridge puts on its groups and rules. */
const TAG = { protection: 'drawbridge:protection', mark: 'drawbridge:mark', until: 'drawbridge:until' } as const;

/** The account's machines, each with its security groups and their ingress rules. */
export function awsMachines(state: AwsState): readonly MachineView[] {
  return state.instances
    .filter((instance) => instance.state !== 'terminated')
    .map((instance) => {
      const interfaces = state.interfaces.filter(({ instanceId }) => instanceId === instance.id);
      const ids = new Set(interfaces.flatMap(({ groups }) => groups));
      // The one that Drawbridge opens and closes comes first.
      const groups = state.groups.filter(({ id }) => ids.has(id)).sort((a, b) => Number(isOurs(b)) - Number(isOurs(a)));
      return {
        id: instance.id,
        name: instance.name,
        place: instance.region,
        address: interfaces[0]?.publicIp ?? interfaces[0]?.privateIp ?? '',
        running: instance.state === 'running',
        protectedPorts: groups.flatMap(protectedPorts),
        groups: groups.map(groupOf),
      };
    });
}

const isOurs = ({ tags }: Group): boolean => TAG.protection in tags;

/** Reads `22=14400s 3389=14400s`. */
function protectedPorts({ tags }: Group): readonly number[] {
  return (tags[TAG.protection] ?? '')
    .split(' ')
    .map((word) => Number.parseInt(word, 10))
    .filter((port) => !Number.isNaN(port));
}

function groupOf(group: Group): GroupView {
  return {
    id: group.id,
    name: group.name,
    where: isOurs(group) ? 'JIT group' : group.id,
    rules: group.rules.filter(({ direction }) => direction === 'ingress').map((rule) => ruleOf(rule, isOurs(group))),
  };
}

function ruleOf(rule: Rule, inOurGroup: boolean): RuleView {
  const ours = inOurGroup && TAG.mark in rule.tags;
  const until = Date.parse(rule.tags[TAG.until] ?? '');
  const isAll = rule.protocol === '-1';
  const ports = rule.fromPort === rule.toPort ? `${rule.fromPort}` : `${rule.fromPort}-${rule.toPort}`;
  const alarm = isEverybody(rule.source) ? alarmFor(managementPorts([isAll ? '*' : ports])) : undefined;
  return {
    key: rule.id,
    name: rule.description || rule.id,
    access: 'allow',
    ports: isAll ? 'any' : ports,
    source: isEverybody(rule.source) ? 'anywhere' : oneAddress(rule.source),
    writer: ours ? 'Drawbridge' : 'a person',
    ours,
    ...(ours && !Number.isNaN(until) ? { endMs: until } : {}),
    ...(alarm ? { alarm } : {}),
  };
}
