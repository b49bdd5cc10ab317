import { addressesIn, everyAddress, type Family, publicAddresses } from '../../../src/core/packet/addresses.ts';
import { type Admitted, passing } from '../../../src/core/packet/filter.ts';
import {
  type Assumption,
  type KnownSet,
  known,
  knownUnion,
  type Unknown,
  unclear,
  under,
  unknownsOf,
} from '../../../src/core/packet/known.ts';
import { difference, union } from '../../../src/core/packet/ranges.ts';
import type { Read } from '../../../src/core/packet/read.ts';
import { evaluateUnder, type PacketVerdict } from '../../../src/core/packet/verdict.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { prepareAdmin } from './admin.ts';
import { prepare } from './groups.ts';
import type {
  Forwarding,
  InterfaceAddress,
  NetworkInterfaceFacts,
  SecurityGroup,
  Surroundings,
  TrafficRule,
  WayToMachine,
} from './model.ts';
import { type Packets, sourcePortsToTry } from './rules.ts';
import { PLATFORM } from './tags.ts';

/** Every way to a port of an interface but through firewalls, in the order in which people would try them. */
export function waysInto({ id, addresses, around }: NetworkInterfaceFacts, port: Port): readonly WayToMachine[] {
  return addresses.flatMap((address) => [
    ...publicWay({ nic: id, address, port }),
    ...address.forwarded.flatMap((rule) => forwardedWay({ nic: id, address, port }, rule, around)),
    networkWay({ nic: id, address, port }, around),
  ]);
}

/**
 * Who gets in by a way: whatever group or admin rule decides, in Azure's order (admin rules, the subnet's group, the
 * interface's own; both groups must allow). `without` leaves rules out, by group and name: what is open without ours?
 */
export function evaluate(
  nic: NetworkInterfaceFacts,
  way: WayToMachine,
  port: Port,
  without: (group: string, rule: string) => boolean = () => false,
): PacketVerdict {
  const groups = [nic.subnetGroup, nic.ownGroup].flatMap((group): readonly Read<SecurityGroup>[] => {
    if (!group || 'unknown' in group) return group ? [group] : [];
    const { id, name, rules } = group.is;
    return [{ is: { id, name, rules: rules.filter((rule) => !without(id, rule.name)) } }];
  });
  const lists = sourcePortsToTry(allRules(nic)).map((sourcePort) => {
    const packets: Packets = { family: way.family, protocol: port.protocol, sourcePort, ...way.seen };
    return {
      admin: prepareAdmin(nic.admin, packets, nic.around),
      groups: groups.map((group) => prepare(group, packets, nic.around)),
    };
  });
  const unknowns = new Set([
    ...lists.flatMap(({ admin, groups: own }) => [...admin.unknowns, ...own.flatMap((one) => one.unknowns)]),
    ...unknownsOf([way.clients]),
    ...unguardedButAdmin(nic, way),
  ]);
  return evaluateUnder([...unknowns], everyAddress(way.family), (assumption) =>
    // The client chooses the source port: one that gets in is enough.
    merged(lists.flatMap(({ admin, groups: own }) => admitted(admin, own, way, assumption))),
  );
}

function admitted(
  admin: ReturnType<typeof prepareAdmin>,
  groups: readonly ReturnType<typeof prepare>[],
  way: WayToMachine,
  assumption: Assumption,
): readonly Admitted[] {
  return admin
    .decides(under(way.clients, assumption), assumption)
    .flatMap(({ verdict, by, sources }): readonly Admitted[] => {
      if (verdict === 'deny') return [];
      if (verdict === 'alwaysAllow') {
        const isSure = groups.length > 0 || way.unguarded === 'all' || assumption.get(UNGUARDED) === true;
        return isSure ? [{ sources, through: by === undefined ? [] : [by] }] : [];
      }
      if (groups.length === 0) return way.unguarded === 'all' ? [{ sources, through: [] }] : [];
      return groups
        .map((group) => group.admits(sources, assumption))
        .reduce((before, next) => passing(before, next), [{ sources, through: [] } as Admitted]);
    });
}

/** An AlwaysAllow where no group stands and a standard public address wants one: not documented. */
const UNGUARDED: Unknown = 'whether an admin rule that always allows is enough where no network security group stands';

function unguardedButAdmin(
  { subnetGroup, ownGroup, admin }: NetworkInterfaceFacts,
  way: WayToMachine,
): readonly Unknown[] {
  const isBare = !subnetGroup && !ownGroup && way.unguarded === 'nothing';
  const canPass = 'is' in admin && admin.is.some(({ collections }) => collections.length > 0);
  return isBare && canPass ? [UNGUARDED] : [];
}

/** Sources that get in in several ways are named once. */
function merged(all: readonly Admitted[]): readonly Admitted[] {
  const found: Admitted[] = [];
  for (const one of all) {
    const sources = found.reduce((left, { sources: taken }) => difference(left, taken), one.sources);
    if (sources.length > 0) found.push({ ...one, sources });
  }
  return found;
}

function allRules({ subnetGroup, ownGroup, admin }: NetworkInterfaceFacts): readonly TrafficRule[] {
  const groups = [subnetGroup, ownGroup].flatMap((group) => (group && 'is' in group ? group.is.rules : []));
  const managers =
    'is' in admin ? admin.is.flatMap(({ collections }) => collections.flatMap(({ rules }) => rules)) : [];
  return [...groups, ...managers];
}

interface Target {
  readonly nic: string;
  readonly address: InterfaceAddress;
  readonly port: Port;
}

/** From networks that are connected, in whatever way: private addresses, and whatever else those networks use. */
function networkWay({ nic, address: { address, family, groups }, port }: Target, around: Surroundings): WayToMachine {
  return {
    kind: 'network',
    address,
    port: port.number,
    family,
    interface: nic,
    clients: insiders(family, around),
    seen: { destination: address, port: port.number, groups },
    unguarded: 'all',
  };
}

/** The public address is rewritten before any filter sees the packet. */
function publicWay({ nic, address, port }: Target): readonly WayToMachine[] {
  const { family, groups, publicAddress } = address;
  if (!publicAddress) return [];
  return [
    {
      kind: 'publicAddress',
      address: publicAddress.address,
      port: port.number,
      family,
      interface: nic,
      clients: known(publicAddresses(family)),
      seen: { destination: address.address, port: port.number, groups },
      unguarded: publicAddress.sku === 'basic' ? 'all' : 'nothing',
    },
  ];
}

/**
 * Through a load balancer or NAT rule the groups see the client, the private address and the port behind it; with a floating
 * IP they see the frontend's address and port ("Multiple frontends for Azure Load Balancer").
 */
function forwardedWay({ nic, address, port }: Target, rule: Forwarding, around: Surroundings): readonly WayToMachine[] {
  const { family, groups } = address;
  const behind = rule.floating ? rule.frontendPort : rule.backendPort;
  const leadsHere = behind === 0 || behind === port.number;
  if (!leadsHere || (rule.protocol !== '*' && rule.protocol !== port.protocol)) return [];
  const { isPublic, address: frontend } = rule.frontend;
  return [
    {
      kind: 'forwarded',
      name: rule.name,
      address: frontend,
      port: rule.frontendPort === 0 ? port.number : rule.frontendPort,
      family,
      interface: nic,
      clients: isPublic ? known(publicAddresses(family)) : insiders(family, around),
      seen: { destination: rule.floating ? frontend : address.address, port: port.number, groups },
      unguarded: isPublic && rule.sku === 'standard' ? 'nothing' : 'all',
    },
  ];
}

function insiders(family: Family, { own, connected }: Surroundings): KnownSet {
  const near = addressesIn([...own, ...('is' in connected ? connected.is : [])], family).set;
  const all = union(difference(everyAddress(family), publicAddresses(family)), near);
  const sure = known(family === 'ipv4' ? difference(all, PLATFORM) : all);
  if ('is' in connected) return sure;
  return knownUnion([sure, unclear(connected.unknown, difference(everyAddress(family), all))]);
}
