import type { Instance, NetworkInterface, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { publicAddresses, readAddresses } from '../../src/core/packet/addresses.ts';
import type { Unknown } from '../../src/core/packet/known.ts';
import { intersection } from '../../src/core/packet/ranges.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import type { Port } from '../../src/core/rule/port.ts';
import { Recent } from '../../src/kit/recent.ts';
import type { Aws } from './ec2/context.ts';
import { withSources } from './ec2/group-names.ts';
import { readPrefixList } from './ec2/read-access.ts';
import { attachedGroups } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { addressesOf, type InstanceParts, ownAddresses, toInterface } from './reach/facts.ts';
import { takes } from './reach/groups.ts';
import type { InstanceInterface, SubnetFacts } from './reach/model.ts';
import { orUnknown } from './reach/or-unknown.ts';
import { type InstanceStanding, standingOf } from './reach/ways-in.ts';
import { subnetsAt } from './subnets.ts';

/** Which groups are shown changes seldom. */
const recentShown = new Recent<boolean>(10 * SECOND_MS);
const NONE: ReadonlySet<string> = new Set();

/** A machine whose ports are asked about. */
export interface AskedMachine {
  readonly instance: Instance;
  /** All rules of its groups that let traffic in. */
  readonly rules: readonly SecurityGroupRule[];
  readonly ports: readonly Port[];
  /** Groups in which only rules of ours stand. */
  isOurs(group: string): boolean;
  /** The interfaces that a group is on; read unless they are known. */
  interfaces?(group: string): readonly NetworkInterface[];
}

/** Who gets into ports of a machine without our rules. Where no rule of others takes a port nothing more is read. */
export async function standingAt(
  aws: Pick<Aws, 'now' | 'log'>,
  site: Site,
  asked: AskedMachine,
  signal: AbortSignal,
): Promise<InstanceStanding> {
  const { rules, ports, isOurs } = asked;
  const others = rules.filter(({ GroupId = '' }) => !isOurs(GroupId));
  const taking = others.filter((rule) => ports.some((port) => takesPort(rule, port)));
  const hidden = await hiddenGroups(aws, site, asked, signal);
  if (taking.length + hidden.size === 0) return { ways: [], ports: ports.map((port) => ({ port, state: 'closed' })) };
  const nics = await interfacesFor(aws, site, { ...asked, rules: taking, hidden }, signal);
  return standingOf(nics, ports, isOurs);
}

type Hiding = Pick<AskedMachine, 'instance' | 'rules'> & Partial<Pick<AskedMachine, 'isOurs'>>;

/**
 * Groups on a machine that EC2 does not show: that of another account stays on it, in force, when it is not shared any more
 * ("Share security groups with AWS Organizations"). A filter gives no rules of such a one, and none of one that has none.
 */
export async function hiddenGroups(
  aws: Pick<Aws, 'now'>,
  site: Site,
  { instance, rules, isOurs = () => false }: Hiding,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const told = new Set(rules.map(({ GroupId = '' }) => GroupId));
  const silent = [...attachedGroups(instance).keys()].filter((group) => !told.has(group) && !isOurs(group));
  const shown = await Promise.all(
    silent.map((group) =>
      recentShown.read(subnetsAt(aws, site), group, (shared) => site.now.shows(group, shared), signal),
    ),
  );
  return new Set(silent.filter((_, i) => !shown[i]));
}

/** Is a rule for a port? Ranges, and protocols that have no ports, are too. */
export function takesPort({ IpProtocol = '-1', FromPort, ToPort }: SecurityGroupRule, port: Port): boolean {
  const range = {
    ...(FromPort === undefined ? {} : { from: FromPort }),
    ...(ToPort === undefined ? {} : { to: ToPort }),
  };
  return takes({ protocol: IpProtocol, ...range }, port);
}

interface InterfacesOf extends Pick<AskedMachine, 'instance' | 'rules' | 'interfaces'> {
  /** Groups that EC2 does not show; none unless told. */
  readonly hidden?: ReadonlySet<string>;
  /** Also those that none of the rules is for. */
  readonly isEvery?: boolean;
}

/** The interfaces of a machine that bear a group of these rules, with everything that decides on a packet to them. */
export async function interfacesFor(
  aws: Pick<Aws, 'now' | 'log'>,
  site: Site,
  { instance, rules, interfaces, hidden = NONE, isEvery = false }: InterfacesOf,
  signal: AbortSignal,
): Promise<readonly InstanceInterface[]> {
  const { NetworkInterfaces = [], State } = instance;
  const byGroup = Map.groupBy(rules, ({ GroupId = '' }) => GroupId);
  const bears = ({ GroupId = '' }) => byGroup.has(GroupId) || hidden.has(GroupId);
  const nics = NetworkInterfaces.filter(({ Groups = [] }) => isEvery || Groups.some(bears));
  const subnets = subnetsAt(aws, site);
  const vpcs = [...new Set(nics.map(({ VpcId = '' }) => VpcId))];
  const referring = rules.filter(({ ReferencedGroupInfo }) => ReferencedGroupInfo?.GroupId !== undefined);
  const listed = [...new Set(rules.flatMap(({ PrefixListId }) => PrefixListId ?? []))];
  const reader = { site, instance, ...(interfaces ? { interfaces } : {}), signal };
  const [names, lists, members, around, relays, deniesGateway] = await Promise.all([
    withSources(attachedGroups(instance), rules, { known: site.groupNames, log: aws.log }, signal),
    pairs(listed, (id) => prefixesOfList(site, id, signal)),
    pairs(referring, (rule) => membersOf(rule, reader)),
    pairs(nics, ({ SubnetId = '', VpcId = '' }): Promise<SubnetFacts> => subnets.of(SubnetId, VpcId, signal)),
    pairs(vpcs, (vpc) => subnets.relaysIn(vpc, signal)),
    pairs(nics.filter(hasPublicIpv6), ({ NetworkInterfaceId = '' }) =>
      subnets.deniesGateway(NetworkInterfaceId, signal),
    ),
  ]);
  const parts: InstanceParts = {
    rules: byGroup,
    hidden,
    names,
    lists: new Map(lists),
    members: new Map(members.map(([{ SecurityGroupRuleId = '' }, found]) => [SecurityGroupRuleId, found])),
    around: new Map(around.map(([{ SubnetId = '' }, found]) => [SubnetId, found])),
    relays: new Map(relays.flatMap(([vpc, found]) => (found === undefined ? [] : [[vpc, found] as const]))),
    deniesGateway: new Map(deniesGateway.map(([{ NetworkInterfaceId = '' }, found]) => [NetworkInterfaceId, found])),
  };
  const isRunning = State?.Name === 'running' || State?.Name === 'pending';
  return nics.map((nic) => toInterface(nic, isRunning, parts));
}

export function prefixesOfList(site: Site, id: string, signal: AbortSignal): Promise<OrUnknown<readonly string[]>> {
  return orUnknown(`what the prefix list ${id} holds`, () => readPrefixList(site, id, signal));
}

function pairs<K, V>(keys: readonly K[], read: (key: K) => Promise<V>): Promise<readonly (readonly [K, V])[]> {
  return Promise.all(keys.map(async (key) => [key, await read(key)] as const));
}

function hasPublicIpv6(nic: Parameters<typeof addressesOf>[0]): boolean {
  return addressesOf(nic).some(({ address, family }) => {
    const set = family === 'ipv6' ? (readAddresses(address)?.set ?? []) : [];
    return intersection(set, publicAddresses('ipv6')).length > 0;
  });
}

interface MemberReader extends Pick<AskedMachine, 'instance' | 'interfaces'> {
  readonly site: Site;
  readonly signal: AbortSignal;
}

/**
 * Private addresses of the interfaces that bear the group that a rule lets in ("Security group referencing"), the machine's own
 * left aside. Of a stale reference nobody does; of another account's, and over a transit gateway, nobody can tell.
 */
async function membersOf(
  { ReferencedGroupInfo: of = {} }: SecurityGroupRule,
  { site, instance, interfaces, signal }: MemberReader,
): Promise<OrUnknown<readonly string[]>> {
  const { GroupId: id = '', UserId = site.account, PeeringStatus } = of;
  const unknown: Unknown = `who bears the security group ${id}`;
  if (PeeringStatus !== undefined && PeeringStatus !== 'active') return { is: [] };
  if (UserId !== site.account) return { unknown: `${unknown} of the account ${UserId}` };
  const bearing = await orUnknown(unknown, async () => interfaces?.(id) ?? site.now.interfaces(id, signal));
  if ('unknown' in bearing) return bearing;
  const own = ownAddresses(instance);
  const isElsewhere = ({ VpcId }: NetworkInterface) => VpcId !== instance.VpcId && PeeringStatus === undefined;
  if (bearing.is.some(isElsewhere)) return { unknown: `${unknown} and gets there with it` };
  return {
    is: bearing.is
      .flatMap(addressesOf)
      .map(({ address }) => address)
      .filter((one) => !own.has(one)),
  };
}
