import type { Family } from '../../../src/core/packet/addresses.ts';
import type { Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import { familyOf } from '../../../src/core/rule/source.ts';
import type { Groups } from '../arm/groups.ts';
import { type ArmId, partsOf } from '../arm/ids.ts';
import type { Nic, NicAddress } from '../arm/machine.ts';
import type { NsgRule } from '../arm/nsg-rules.ts';
import { leadingTo } from './forwardings.ts';
import { balancerOf, type Fronts, NO_FRONTS } from './fronts.ts';
import type { InterfaceAddress, NetworkInterfaceFacts, SecurityGroup, TrafficRule } from './model.ts';
import type { AroundSubnet, Networks } from './networks.ts';

/** What is known of an interface, one part for each subnet that it has addresses in. */
export function factsOf(
  nic: Nic,
  groups: Groups,
  networks: Networks,
  isBehind: boolean,
): readonly NetworkInterfaceFacts[] {
  return nic.subnets.map((subnet): NetworkInterfaceFacts => {
    const group = subnet.isUnread
      ? { unknown: `the subnet ${partsOf(subnet.id).name}, which could not be read` }
      : groupOf(subnet.group, groups);
    const own = groupOf(nic.group, groups);
    const hasGroup = group !== undefined || own !== undefined;
    const { around, admin, fronts } = networks.get(subnet.id) ?? unread(subnet.id);
    return {
      id: nic.id,
      addresses: nic.configurations
        .filter((one) => one.subnet === subnet.id)
        .map((one) => addressOf(one, { hasGroup, isBehind, fronts })),
      ...(group ? { subnetGroup: group } : {}),
      ...(own ? { ownGroup: own } : {}),
      admin,
      around,
    };
  });
}

/** What of an interface is in no part of its facts: without an address, or one in no subnet, nobody can tell who gets there. */
export function unplaced({ id, configurations, subnets }: Nic): readonly Unknown[] {
  const isPlaced = (subnet: ArmId) => subnets.some((one) => one.id === subnet);
  const isWhole = configurations.length > 0 && configurations.every(({ subnet }) => isPlaced(subnet));
  return isWhole ? [] : [`the addresses of the network interface ${partsOf(id).name}, which could not be read`];
}

function unread(subnet: ArmId): AroundSubnet {
  const unknown = `the network of the subnet ${partsOf(subnet).name}, which could not be read`;
  const nothing = { own: [], tags: new Map(), members: new Map() };
  return {
    around: { ...nothing, connected: { unknown }, learns: true, routes: { unknown } },
    admin: { unknown },
    fronts: { ...NO_FRONTS, unread: [unknown] },
    near: [],
  };
}

/** A group that an interface or a subnet names is there: one that was not found could not be read. */
function groupOf(id: string | undefined, groups: Groups): OrUnknown<SecurityGroup> | undefined {
  if (id === undefined) return undefined;
  const { name } = partsOf(id);
  const rules = groups.get(id.toLowerCase());
  if (!rules) return { unknown: `the network security group ${name}, which could not be read` };
  return { is: { id: id.toLowerCase(), name, rules: rules.map(toTrafficRule) } };
}

/**
 * Rules count as they are written; whether they are in effect already, the platform is asked when it matters. Of one whose last
 * write failed nobody knows.
 */
function toTrafficRule({ name, priority, access, protocol, ports, words, hasFailed }: NsgRule): TrafficRule {
  return { name, priority, access, protocol, ports, ...words, isInForce: !hasFailed };
}

/**
 * Whom a group lets in from the Internet is told of interfaces without a public address too, as one can be given to them at any
 * time, and appliances may lead there. Behind a firewall that is known, and without any group, only a public address of its own
 * counts.
 */
function addressOf(
  own: NicAddress,
  { hasGroup, isBehind, fronts }: { readonly hasGroup: boolean; readonly isBehind: boolean; readonly fronts: Fronts },
): InterfaceAddress {
  const { address, memberOf, publicAddress, gateway } = own;
  const isReached = publicAddress !== undefined || (hasGroup && !isBehind);
  const doubt =
    gateway === undefined ? {} : { doubt: `what the gateway load balancer ${balancerOf(gateway)} lets through` };
  const family: Family = familyOf(address);
  return {
    address,
    family,
    groups: memberOf,
    // NB. Standard ones let nothing in where no group stands; basic ones were retired in September 2025.
    ...(isReached ? { publicAddress: { address: nameOf(publicAddress, fronts), sku: 'standard', ...doubt } } : {}),
    ...leadingTo(own, fronts),
  };
}

function nameOf(publicAddress: ArmId | undefined, { addresses }: Fronts): string {
  if (publicAddress === undefined) return 'a public address';
  return addresses.get(publicAddress) ?? partsOf(publicAddress).name;
}
