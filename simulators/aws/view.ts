import type { InstanceState, Rule, Tags } from './model.ts';
import type { Region } from './region.ts';
import type { AwsWorld } from './world.ts';

type JsonTags = Readonly<Record<string, string>>;

interface Where {
  readonly account: string;
  readonly region: string;
}

/** One security group rule. */
interface RuleState {
  /** `sgr-…` */
  readonly id: string;
  readonly groupId: string;
  readonly groupName: string;
  readonly direction: 'ingress' | 'egress';
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  /** CIDR, `sg-…` or `pl-…`; for egress where the traffic goes. */
  readonly source: string;
  readonly description?: string;
  readonly tags: JsonTags;
}

/** A security group with all its rules. */
interface GroupState extends Where {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  readonly tags: JsonTags;
  readonly rules: readonly RuleState[];
}

/** A network interface; `groups` are security group ids. */
interface InterfaceState extends Where {
  readonly id: string;
  readonly instanceId: string;
  readonly subnetId: string;
  readonly privateIp: string;
  readonly publicIp?: string;
  readonly ipv6: readonly string[];
  readonly groups: readonly string[];
}

/** An EC2 instance. */
interface MachineState extends Where {
  readonly id: string;
  readonly name: string;
  readonly state: InstanceState;
  readonly tags: JsonTags;
}

/** What the simulated AWS really holds, as plain JSON. */
export interface AwsState {
  readonly groups: readonly GroupState[];
  readonly interfaces: readonly InterfaceState[];
  readonly instances: readonly MachineState[];
  readonly prefixLists: readonly (Where & { readonly id: string; readonly name: string })[];
}

const json = (tags: Tags): JsonTags => Object.fromEntries(tags);

const ruleState = (rule: Rule, groupName: string): RuleState => ({
  id: rule.id,
  groupId: rule.groupId,
  groupName,
  direction: rule.egress ? 'egress' : 'ingress',
  protocol: rule.protocol,
  fromPort: rule.fromPort,
  toPort: rule.toPort,
  source: rule.peer.value,
  description: rule.description,
  tags: json(rule.tags),
});

function groupsOf(region: Region, where: Where): GroupState[] {
  return [...region.groups.all()].map(({ id, name, description, vpcId, tags }) => ({
    ...where,
    id,
    name,
    description,
    vpcId,
    tags: json(tags),
    rules: region.rules.by('group', id).map((rule) => ruleState(rule, name)),
  }));
}

/** The state as it is now, whatever reads lag behind. */
export function stateOf(world: AwsWorld): AwsState {
  const regions = [...world.regions()].map((region) => ({
    region,
    where: { account: region.account, region: region.name },
  }));
  return {
    groups: regions.flatMap(({ region, where }) => groupsOf(region, where)),
    interfaces: regions.flatMap(({ region, where }) =>
      [...region.interfaces.all()].map(({ id, instanceId, subnetId, privateIp, publicIp, ipv6, groups }) => ({
        ...where,
        id,
        instanceId,
        subnetId,
        privateIp,
        publicIp,
        ipv6,
        groups,
      })),
    ),
    prefixLists: regions.flatMap(({ region, where }) =>
      [...region.prefixLists.all()].map(({ id, name }) => ({ ...where, id, name })),
    ),
    instances: regions.flatMap(({ region, where }) =>
      [...region.instances.all()].map(({ id, state, tags }) => ({
        ...where,
        id,
        name: tags.get('Name') ?? id,
        state,
        tags: json(tags),
      })),
    ),
  };
}
