import {
  type AddressSet,
  addressesIn,
  everyAddress,
  type Family,
  publicAddresses,
  readAddresses,
} from '../../../src/core/packet/addresses.ts';
import { type Answered, answeredBoth } from '../../../src/core/packet/answers.ts';
import { type Admitted, passing } from '../../../src/core/packet/filter.ts';
import {
  type KnownSet,
  known,
  knownUnion,
  NOTHING,
  provided,
  type Unknown,
  unclear,
  under,
  unknownsOf,
} from '../../../src/core/packet/known.ts';
import { difference, intersection, union } from '../../../src/core/packet/ranges.ts';
import { evaluateUnder, type PacketVerdict } from '../../../src/core/packet/verdict.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { answersOut, passesIn } from './acl.ts';
import { prepareGroups } from './groups.ts';
import type { InstanceAddress, InstanceInterface, WayToInstance } from './model.ts';
import { answersBy, inwardBy } from './routes.ts';

/** Every way to a port of an interface: from the Internet to each public address, and from networks to each address. */
export function waysInto(nic: InstanceInterface, port: Port): readonly WayToInstance[] {
  return nic.addresses.flatMap((one) => {
    const inside: WayToInstance = {
      kind: 'network',
      address: one.address,
      port: port.number,
      family: one.family,
      interface: nic.id,
      clients: insiders(nic, one.family),
    };
    const outside = publicAddressOf(nic, one);
    if (outside === undefined) return [inside];
    return [{ ...inside, kind: 'internet', address: outside, clients: outsiders(nic, one) }, inside];
  });
}

/** Who gets in by a way: the subnet's network ACL, then any rule of any group. `without` leaves groups out: what is open without ours? */
export function evaluate(
  nic: InstanceInterface,
  way: WayToInstance,
  port: Port,
  without: (group: string) => boolean = () => false,
): PacketVerdict {
  const { family } = way;
  const left = nic.groups.filter((group) => !('is' in group && without(group.is.id)));
  const groups = prepareGroups(left, family, port, way.kind === 'network');
  const acl = passedByAcl(nic, way, port);
  const unknowns = new Set([...groups.unknowns, ...unknownsOf([acl, way.clients])]);
  return evaluateUnder([...unknowns], everyAddress(family), (assumption) => {
    const sources = intersection(under(way.clients, assumption), under(acl, assumption));
    return passing([{ sources, through: [] } satisfies Admitted], groups.admits(assumption));
  });
}

/** Whether answers to clients that got in by this way come back to them. */
export function answers(nic: InstanceInterface, way: WayToInstance, port: Port): readonly Answered[] {
  const all = everyAddress(way.family);
  const unread = (because: Unknown): readonly Answered[] => [{ sources: all, back: 'unclear', because }];
  const routed = 'is' in nic.routes ? answersBy(nic.routes.is, way.kind, way.family, all) : unread(nic.routes.unknown);
  const byAcl = 'is' in nic.acl ? answersOut(nic.acl.is, way.family, port, all) : unread(nic.acl.unknown);
  if (way.kind === 'internet') return answeredBoth(routed, byAcl);
  // Between two interfaces of one subnet no ACL is asked ("Network ACLs").
  const near = addressesIn(nic.subnet, way.family).set;
  const beyond = answeredBoth(routed, byAcl).flatMap((one) => {
    const sources = difference(one.sources, near);
    return sources.length > 0 ? [{ ...one, sources }] : [];
  });
  return near.length > 0 ? [{ sources: near, back: 'yes' }, ...beyond] : beyond;
}

function passedByAcl(nic: InstanceInterface, way: WayToInstance, port: Port): KnownSet {
  const all = everyAddress(way.family);
  const near = way.kind === 'network' ? addressesIn(nic.subnet, way.family).set : [];
  // What is handed on may come from the subnet itself.
  const relayed = way.kind === 'network' && nic.relays ? [unclear(nic.relays, publicAddresses(way.family))] : [];
  const unread = way.kind === 'network' && nic.isSubnetUnread ? [unclear(SUBNET, all)] : [];
  const passed =
    'unknown' in nic.acl
      ? unclear(nic.acl.unknown, difference(all, near))
      : known(passesIn(nic.acl.is, way.family, port, all));
  return knownUnion([known(near), passed, ...relayed, ...unread]);
}

export const SUBNET = 'the addresses of its subnet';

/** IPv6 is not translated: an address that the Internet knows is its own. */
function publicAddressOf({ deniesGateway }: InstanceInterface, one: InstanceAddress): string | undefined {
  if (one.family === 'ipv4') return one.publicAddress;
  const { set } = addressesIn([one.address], 'ipv6');
  const isPublic = intersection(set, publicAddresses('ipv6')).length > 0;
  const isDenied = 'is' in deniesGateway && deniesGateway.is;
  return isPublic && !isDenied ? one.address : undefined;
}

/** NB. That answers find no way back keeps nothing out: a packet is delivered all the same. */
function outsiders(nic: InstanceInterface, { address, family }: InstanceAddress): KnownSet {
  const { publicAccess, deniesGateway } = nic;
  if ('is' in publicAccess && publicAccess.is !== 'on') return NOTHING;
  const doubts = [
    ...('unknown' in publicAccess ? [publicAccess.unknown] : []),
    ...(family === 'ipv6' && 'unknown' in deniesGateway ? [deniesGateway.unknown] : []),
    ...(diverted(nic, address) ?? []),
  ];
  return doubts.reduce(provided, known(publicAddresses(family)));
}

/** What stands between the Internet gateway and an address, by the gateway's own route table: what it lets through nobody can tell. */
export function diverted({ edge }: Pick<InstanceInterface, 'edge'>, address: string): readonly Unknown[] {
  if ('unknown' in edge) return [edge.unknown];
  const to = readAddresses(address);
  const size = ({ set }: { readonly set: AddressSet }) => set.reduce((sum, { first, last }) => sum + last - first, 0n);
  const routes = edge.is.flatMap(({ destination, target }) => {
    const read = readAddresses(destination);
    // Whom a route for a prefix list is for is not read.
    if (!read) return [{ target, set: to?.set ?? [], isListed: true }];
    const isFor = to !== undefined && read.family === to.family && intersection(read.set, to.set).length > 0;
    return isFor ? [{ target, set: read.set, isListed: false }] : [];
  });
  const [narrowest] = routes.toSorted((a, b) => (size(a) < size(b) ? -1 : 1));
  return narrowest && narrowest.target !== 'local' ? [`what ${narrowest.target} lets through`] : [];
}

/**
 * Private addresses, the VPC's own, and those to which a peering or a gateway leads: their packets come with the source they have.
 * Who is behind an appliance, comes by a gateway that everything else leaves by, or is handed on in a peered VPC, nobody can tell.
 */
function insiders({ vpc, routes, relays }: InstanceInterface, family: Family): KnownSet {
  const all = everyAddress(family);
  const inward = 'is' in routes ? inwardBy(routes.is) : [];
  const sure = inward.flatMap(({ isSure, from }) => (isSure ? [from] : []));
  const near = union(difference(all, publicAddresses(family)), addressesIn([...vpc, ...sure], family).set);
  const behind = inward.flatMap(({ isSure, target, from }) =>
    isSure ? [] : [unclear(whoComesBy(target), difference(addressesIn([from], family).set, near))],
  );
  const relayed = relays ? [unclear(relays, publicAddresses(family))] : [];
  const unread = 'unknown' in routes ? [unclear(routes.unknown, difference(all, near))] : [];
  return knownUnion([known(near), ...behind, ...unread, ...relayed]);
}

function whoComesBy(target: string): Unknown {
  return `who comes through ${target.startsWith('arn:') ? target.slice(target.lastIndexOf('/') + 1) : target}`;
}
