import {
  type AddressSet,
  addressesIn,
  everyAddress,
  type Family,
  publicAddresses,
} from '../../../src/core/packet/addresses.ts';
import { type Admitted, passing, sourcesOf } from '../../../src/core/packet/filter.ts';
import {
  type Assumption,
  type KnownSet,
  known,
  knownUnion,
  provided,
  type Unknown,
  unclear,
  under,
  unknownsOf,
} from '../../../src/core/packet/known.ts';
import { difference, isWithin, union } from '../../../src/core/packet/ranges.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
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
  Translated,
  WayToMachine,
} from './model.ts';
import { destinationsToTry, type Packets, sourcePortsToTry } from './rules.ts';
import { learnedNetworks, PLATFORM } from './tags.ts';

/** Every way to a port of an interface but through firewalls, in the order in which people would try them. */
export function waysInto({ id, addresses, around }: NetworkInterfaceFacts, port: Port): readonly WayToMachine[] {
  return addresses.flatMap((address) => [
    ...publicWay({ nic: id, address, port }),
    ...address.forwarded.flatMap((rule) => forwardedWay({ nic: id, address, port }, rule, around)),
    ...(address.mayLead ?? []).flatMap((unknown) => unreadWays({ nic: id, address, port }, unknown)),
    networkWay({ nic: id, address, port }, around),
  ]);
}

/**
 * Who gets in by a way: whatever group or admin rule decides, in Azure's order (admin rules, the subnet's group, the
 * interface's own; both groups must allow). `without` leaves rules out, by group and name: what is open without ours?
 */
export function evaluate(nic: NetworkInterfaceFacts, way: WayToMachine, port: Port, without?: LeftOut): PacketVerdict {
  const gate = gateOf(nic, way, port, without);
  if (way.translated) return evaluateTranslated(gate, way, way.translated);
  const unknowns = new Set([...gate.unknowns, ...unknownsOf([way.clients])]);
  return evaluateUnder([...unknowns], everyAddress(way.family), (assumption) =>
    gate
      .admits(under(way.clients, assumption), assumption)
      .map(({ sources, through }) => ({ sources, through: [...ruleOf(way), ...through] })),
  );
}

/** Rules that are not to count, by the group's id and their name. */
export type LeftOut = (group: string, rule: string) => boolean;

/** All filters in front of an interface, ready to be asked for one way. */
interface Gate {
  readonly unknowns: readonly Unknown[];
  admits(sources: AddressSet, assumption: Assumption): readonly Admitted[];
}

function gateOf(nic: NetworkInterfaceFacts, way: WayToMachine, port: Port, without: LeftOut = () => false): Gate {
  const groups = [nic.subnetGroup, nic.ownGroup].flatMap((group): readonly OrUnknown<SecurityGroup>[] => {
    if (!group || 'unknown' in group) return group ? [group] : [];
    const { id, name, rules } = group.is;
    return [{ is: { id, name, rules: rules.filter((rule) => !without(id, rule.name)) } }];
  });
  const tries = sourcePortsToTry(allRules(nic)).flatMap((sourcePort) =>
    destinationsToTry(way.seen.destination, allRules(nic), nic.around).map((destination) => ({
      sourcePort,
      destination,
    })),
  );
  const lists = tries.map((tried) => {
    const packets: Packets = { family: way.family, protocol: port.protocol, ...way.seen, ...tried };
    return {
      admin: prepareAdmin(nic.admin, packets, nic.around),
      groups: groups.map((group) => prepare(group, packets, nic.around)),
    };
  });
  return {
    unknowns: [
      ...new Set(lists.flatMap(({ admin, groups: own }) => [...admin.unknowns, ...own.flatMap((one) => one.unknowns)])),
      ...unguardedButAdmin(nic, way),
    ],
    admits: (sources, assumption) =>
      // The client chooses the source port, and of a block the address: one that gets in is enough.
      merged(lists.flatMap(({ admin, groups: own }) => admitted(admin, own, { sources, way }, assumption))),
  };
}

/**
 * What a firewall translates comes from an address of its subnet ("Azure Firewall DNAT"): who may use the rule gets in if the
 * groups let the firewall in, whoever else they let in.
 */
function evaluateTranslated(gate: Gate, way: WayToMachine, { inside }: Translated): PacketVerdict {
  const which: Unknown = 'which addresses of its subnet the firewall uses';
  const firewall = addressesIn(inside, way.family).set;
  const unknowns = new Set([...gate.unknowns, ...unknownsOf([way.clients]), which]);
  return evaluateUnder([...unknowns], everyAddress(way.family), (assumption) => {
    const admittedInside = gate.admits(firewall, assumption);
    const passes = sourcesOf(admittedInside);
    const isIn = passes.length > 0 && (isWithin(firewall, passes) || assumption.get(which) === true);
    if (!isIn) return [];
    const behind = admittedInside[0]?.through ?? [];
    return [{ sources: under(way.clients, assumption), through: [...ruleOf(way), ...behind] }];
  });
}

function ruleOf({ passage }: WayToMachine): readonly string[] {
  return passage ? [passage.rule] : [];
}

function admitted(
  admin: ReturnType<typeof prepareAdmin>,
  groups: readonly ReturnType<typeof prepare>[],
  { sources: clients, way }: { readonly sources: AddressSet; readonly way: WayToMachine },
  assumption: Assumption,
): readonly Admitted[] {
  return admin.decides(clients, assumption).flatMap(({ verdict, by, sources }): readonly Admitted[] => {
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
  const canPass = 'unknown' in admin || admin.is.some(({ collections }) => collections.length > 0);
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
      clients: doubted(known(outsiders(family)), publicAddress.doubt),
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
      clients: doubted(isPublic ? known(outsiders(family)) : insiders(family, around), rule.doubt),
      seen: rule.floating
        ? { destination: frontend, port: port.number, groups, isFrontend: true }
        : { destination: address.address, port: port.number, groups },
      unguarded: isPublic && rule.sku === 'standard' ? 'nothing' : 'all',
    },
  ];
}

function doubted(clients: KnownSet, doubt: Unknown | undefined): KnownSet {
  return doubt === undefined ? clients : provided(clients, doubt);
}

/** What could not be read may send anybody's packets, to the machine's own address or as they were sent to any other. */
function unreadWays(
  { nic, address: { address, family, groups }, port }: Target,
  unknown: Unknown,
): readonly WayToMachine[] {
  const way = {
    kind: 'forwarded',
    unread: unknown,
    address,
    port: port.number,
    family,
    interface: nic,
    clients: unclear(unknown, everyAddress(family)),
    unguarded: 'nothing',
  } as const;
  const anywhere = family === 'ipv4' ? '0.0.0.0/0' : '::/0';
  return [
    { ...way, seen: { destination: address, port: port.number, groups } },
    { ...way, seen: { destination: anywhere, port: port.number, groups, isFrontend: true } },
  ];
}

/** Who is on the Internet. The platform's own address is a public one, and no client has it. */
function outsiders(family: Family): AddressSet {
  return family === 'ipv4' ? difference(publicAddresses(family), PLATFORM) : publicAddresses(family);
}

/** Who is in networks that are connected with the machine's, or could be: private addresses, and their own prefixes. */
export function insiders(family: Family, around: Surroundings): KnownSet {
  const { own, connected } = around;
  const near = union(
    addressesIn([...own, ...('is' in connected ? connected.is : [])], family).set,
    learnedNetworks(family, around),
  );
  const all = union(difference(everyAddress(family), publicAddresses(family)), near);
  const sure = known(family === 'ipv4' ? difference(all, PLATFORM) : all);
  const rest = difference(everyAddress(family), all);
  const unread = [connected, around.routes].flatMap((read) => ('unknown' in read ? [unclear(read.unknown, rest)] : []));
  return knownUnion([sure, ...unread]);
}
