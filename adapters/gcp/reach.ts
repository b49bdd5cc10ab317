import {
  addressesIn,
  everyAddress,
  type Family,
  publicAddresses,
  readAddresses,
} from '../../src/core/packet/addresses.ts';
import type { Admitted } from '../../src/core/packet/filter.ts';
import type { Assumption, Unknown } from '../../src/core/packet/known.ts';
import { difference, EMPTY, intersection, type NumberSet } from '../../src/core/packet/ranges.ts';
import { evaluateUnder, type PacketVerdict } from '../../src/core/packet/verdict.ts';
import type { Port } from '../../src/core/rule/port.ts';
import type { VpcRule } from './rules.ts';

/** A rule of a firewall policy, as getEffectiveFirewalls gives it. */
export interface PolicyRule {
  readonly priority?: number;
  readonly ruleName?: string;
  readonly action?: string;
  readonly direction?: string;
  readonly disabled?: boolean;
  readonly match?: {
    readonly srcIpRanges?: readonly string[];
    readonly destIpRanges?: readonly string[];
    readonly layer4Configs?: readonly { readonly ipProtocol?: string; readonly ports?: readonly string[] }[];
    readonly [other: string]: unknown;
  };
}

/** What stands in front of one interface (instances.getEffectiveFirewalls). */
export interface Effective {
  readonly firewalls?: readonly VpcRule[];
  readonly firewallPolicys?: readonly {
    readonly name?: string;
    readonly shortName?: string;
    readonly type?: string;
    readonly priority?: number;
    readonly rules?: readonly PolicyRule[];
  }[];
}

/** A rule as one packet's destination, port and protocol leave it. */
interface Step {
  readonly name: string;
  /** `next` hands on to the next stage. */
  readonly does: 'allow' | 'deny' | 'next';
  readonly sources: NumberSet;
  /** What has to be so for it to be for a packet, where nobody can tell. */
  readonly unless?: Unknown;
}

type Stage = readonly Step[];

/** `networks.get`: which of VPC rules and network policies comes first. */
export type Order = 'AFTER_CLASSIC_FIREWALL' | 'BEFORE_CLASSIC_FIREWALL';

export interface Front {
  readonly effective: Effective;
  readonly order: Order;
  /** All addresses that lead to the machine on this interface, and prefixes of them: it has alias ranges, and blocks of IPv6. */
  readonly addresses: readonly string[];
}

/** Of VPC rules, those that count; what is open without ours leaves ours out. */
export type RuleCounts = (rule: VpcRule) => boolean;

/** Who gets to a port of an interface: stage after stage, in each the first rule that fits ("Policy and rule evaluation order"). */
export function evaluate(front: Front, port: Port, family: Family, counts: RuleCounts): PacketVerdict {
  const own = addressesIn(front.addresses, family).set;
  const through = (pieces: readonly NumberSet[]) =>
    pieces.map((piece) => stagesOf(front, { port, family, own: piece }, counts));
  const direct = through(piecesOf(own, front, family));
  const fronted = through(frontendsOf(own, front, family));
  const unknowns = [...direct, ...fronted].flat(2).flatMap(({ unless }) => unless ?? []);
  if (fronted.length > 0) unknowns.push(FRONTENDS);
  // Whoever gets in at one of its addresses gets in.
  return evaluateUnder([...new Set(unknowns)], everyAddress(family), (assumption) =>
    merged(
      [...direct, ...(assumption.get(FRONTENDS) ? fronted : [])].flatMap((stages) =>
        admitted(stages, everyAddress(family), assumption),
      ),
    ),
  );
}

const FRONTENDS: Unknown = 'which load balancers and forwarding rules lead to it';

/**
 * Public addresses that some rule tells apart: a passthrough load balancer, or a forwarding rule, leaves the destination as it is, and
 * which of them lead here is not read. A machine's own public address is translated before any rule. NB. Public addresses of IPv6 are
 * those of machines as well: rules for them say nothing of load balancers.
 */
function frontendsOf(own: NumberSet, front: Front, family: Family): readonly NumberSet[] {
  if (family === 'ipv6') return [];
  const others = difference(publicAddresses(family), own);
  const pieces = piecesOf(others, front, family);
  return pieces.length > 1 ? pieces : [];
}

/** Some addresses, in parts that no rule tells apart. */
function piecesOf(own: NumberSet, { effective }: Front, family: Family): readonly NumberSet[] {
  const { firewalls = [], firewallPolicys = [] } = effective;
  const aimed = [
    ...firewalls.map(({ destinationRanges }) => destinationRanges ?? []),
    ...firewallPolicys.flatMap(({ rules = [] }) => rules.map(({ match }) => match?.destIpRanges ?? [])),
  ];
  return aimed
    .filter((ranges) => ranges.length > 0)
    .map((ranges) => addressesIn(ranges, family).set)
    .reduce<readonly NumberSet[]>(
      (pieces, set) =>
        pieces.flatMap((piece) => [intersection(piece, set), difference(piece, set)].filter((part) => part.length > 0)),
      [own],
    );
}

/** Sources that get in at several addresses are named once. */
function merged(all: readonly Admitted[]): readonly Admitted[] {
  const found: Admitted[] = [];
  for (const one of all) {
    const sources = found.reduce((left, { sources: taken }) => difference(left, taken), one.sources);
    if (sources.length > 0) found.push({ ...one, sources });
  }
  return found;
}

function admitted(stages: readonly Stage[], all: NumberSet, assumption: Assumption): readonly Admitted[] {
  const open: Admitted[] = [];
  let left = all;
  for (const stage of stages) {
    let handedOn: NumberSet = EMPTY;
    let here = left;
    for (const { name, does, sources, unless } of stage) {
      if (unless !== undefined && !assumption.get(unless)) continue;
      const taken = intersection(here, sources);
      if (taken.length === 0) continue;
      here = difference(here, taken);
      if (does === 'allow') open.push({ sources: taken, through: [name] });
      if (does === 'next') handedOn = [...handedOn, ...taken];
    }
    left = [...here, ...handedOn].toSorted((a, b) => (a.first < b.first ? -1 : 1));
  }
  // Every network ends with a rule that denies.
  return open;
}

function stagesOf({ effective, order }: Front, packet: Packet, counts: RuleCounts): readonly Stage[] {
  const policies = (...types: readonly string[]) =>
    (effective.firewallPolicys ?? [])
      .filter(({ type = '' }) => types.includes(type))
      .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
      .map(({ rules = [], shortName, name = '' }) => policyStage(rules, shortName || name, packet));
  const classic = [vpcStage((effective.firewalls ?? []).filter(counts), packet)];
  const network = [...policies('NETWORK', 'SYSTEM_GLOBAL'), ...policies('NETWORK_REGIONAL')];
  const first = [...policies('HIERARCHY'), ...policies('SYSTEM_REGIONAL')];
  return order === 'BEFORE_CLASSIC_FIREWALL' ? [...first, ...network, ...classic] : [...first, ...classic, ...network];
}

interface Packet {
  readonly port: Port;
  readonly family: Family;
  /** Addresses that all rules treat alike. */
  readonly own: NumberSet;
}

/** By priority, and of equal ones what denies first ("VPC firewall rules", priority). */
function vpcStage(rules: readonly VpcRule[], packet: Packet): Stage {
  const strength = ({ priority = 1000, denied = [] }: VpcRule) => priority * 2 + (denied.length > 0 ? 0 : 1);
  return rules
    .filter(({ direction, disabled }) => direction !== 'EGRESS' && !disabled)
    .toSorted((a, b) => strength(a) - strength(b))
    .flatMap((rule): Stage => {
      const { name, denied = [], allowed = [], destinationRanges = [] } = rule;
      const layers = [...denied, ...allowed].map(({ IPProtocol = 'all', ports }) => ({
        ipProtocol: IPProtocol,
        ports,
      }));
      if (!takes(layers, packet.port) || !isFor(destinationRanges, packet)) return [];
      const does = denied.length > 0 ? 'deny' : 'allow';
      const members = [...(rule.sourceTags ?? []), ...(rule.sourceServiceAccounts ?? [])];
      // "If neither is specified, the rule applies to any source" (Firewall.sourceRanges).
      const sourceRanges = rule.sourceRanges ?? [];
      const ranges =
        members.length > 0 ? addressesIn(sourceRanges, packet.family).set : rangesOf(sourceRanges, packet.family);
      const all = everyAddress(packet.family);
      const some =
        members.length > 0 ? [{ name, does, sources: all, unless: `who bears ${members.join(', ')}` } as const] : [];
      return [...(ranges.length > 0 ? [{ name, does, sources: ranges } as const] : []), ...some];
    });
}

const PLAIN = new Set(['srcIpRanges', 'destIpRanges', 'layer4Configs']);
const DOES: Readonly<Record<string, Step['does']>> = {
  allow: 'allow',
  deny: 'deny',
  goto_next: 'next',
  // What the inspection lets through nobody can tell; it lets in at most what it takes.
  apply_security_profile_group: 'allow',
};

function policyStage(rules: readonly PolicyRule[], policy: string, packet: Packet): Stage {
  return rules
    .filter(({ direction, disabled }) => direction !== 'EGRESS' && !disabled)
    .toSorted((a, b) => (a.priority ?? 0) - (b.priority ?? 0))
    .flatMap(({ priority = 0, ruleName, action = '', match = {} }): Stage => {
      const { srcIpRanges = [], destIpRanges = [], layer4Configs = [] } = match;
      if (!takes(layer4Configs, packet.port) || !isFor(destIpRanges, packet)) return [];
      const name = `${policy}: ${ruleName || priority}`;
      const odd = Object.entries(match).filter(([key, value]) => !PLAIN.has(key) && !isEmpty(value));
      const all = everyAddress(packet.family);
      const sources = srcIpRanges.length > 0 || odd.length === 0 ? rangesOf(srcIpRanges, packet.family) : EMPTY;
      const does = DOES[action];
      const doubt = odd.length > 0 ? `${odd.map(([key]) => key).join(', ')} of ${name}` : undefined;
      if (does === undefined) return [{ name, does: 'allow', sources: all, unless: `the action ${action} of ${name}` }];
      const inspected = action === 'apply_security_profile_group' ? { unless: `the inspection of ${name}` } : {};
      return doubt === undefined
        ? [{ name, does, sources, ...inspected }]
        : [{ name, does, sources: all, unless: doubt }];
    });
}

function rangesOf(ranges: readonly string[], family: Family): NumberSet {
  return ranges.length === 0 ? everyAddress(family) : addressesIn(ranges, family).set;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Destination ranges are matched against the machine's own addresses. */
function isFor(ranges: readonly string[], { own, family }: Packet): boolean {
  return ranges.length === 0 || intersection(addressesIn(ranges, family).set, own).length > 0;
}

const NUMBERS = { tcp: '6', udp: '17' } as const;

function takes(
  layers: readonly { readonly ipProtocol?: string; readonly ports?: readonly string[] | undefined }[],
  port: Port,
): boolean {
  return layers.some(({ ipProtocol = 'all', ports = [] }) => {
    if (!['all', port.protocol, NUMBERS[port.protocol]].includes(ipProtocol.toLowerCase())) return false;
    return (
      ports.length === 0 ||
      ports.some((text) => {
        const [from = '', to = from] = text.split('-');
        return Number(from) <= port.number && port.number <= Number(to);
      })
    );
  });
}

/** Is a source one that a verdict keeps out, and by what? */
export function isKeptOut(verdict: PacketVerdict, source: string): boolean {
  const read = readAddresses(source);
  return read !== undefined && intersection(read.set, verdict.closed).length > 0;
}
