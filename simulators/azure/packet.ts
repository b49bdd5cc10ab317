import { defaultRules } from './default-rules.ts';
import { type Nic, type Nsg, type RuleProperties, type Snapshot, sameId } from './model.ts';
import { isWithin } from './prefix.ts';
import { expandTag } from './tags.ts';
import { vnetIdOf } from './topology-model.ts';

/** A packet on its way into an interface; `to` is one of its private addresses. */
export interface Packet {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: 'Tcp' | 'Udp';
}

/** Whether it gets in, and the rule that decided. */
export interface Verdict {
  readonly open: boolean;
  readonly by: string;
}

const both = (single: string | undefined, many: readonly string[] | undefined): readonly string[] =>
  single === undefined ? (many ?? []) : [single];

function hasAddress(view: Snapshot, nic: Nic, texts: readonly string[], address: string): boolean {
  return texts.some((text) => {
    if (text === '*') return true;
    return (expandTag(view, nic.subnetId, text) ?? [text]).some((prefix) => isWithin(address, prefix));
  });
}

/** Whether the address belongs to an interface of one of the application security groups. */
function isMember(view: Snapshot, groups: RuleProperties['sourceApplicationSecurityGroups'], address: string): boolean {
  return (groups ?? []).some(({ id }) =>
    [...view.nics.values()].some((nic) =>
      nic.addresses.some((a) => a.privateIp === address && a.applicationGroupIds.some((one) => sameId(one, id))),
    ),
  );
}

const hasPort = (texts: readonly string[], port: number): boolean =>
  texts.some((text) => {
    const [first, last = first] = text.split('-');
    return text === '*' || (Number(first) <= port && port <= Number(last));
  });

const hasProtocol = (text: string, protocol: Packet['protocol']): boolean => text === '*' || text === protocol;

function matches(view: Snapshot, nic: Nic, rule: RuleProperties, packet: Packet): boolean {
  const sources = both(rule.sourceAddressPrefix, rule.sourceAddressPrefixes);
  const destinations = both(rule.destinationAddressPrefix, rule.destinationAddressPrefixes);
  return (
    rule.direction === 'Inbound' &&
    hasProtocol(rule.protocol, packet.protocol) &&
    hasPort(both(rule.destinationPortRange, rule.destinationPortRanges), packet.port) &&
    (hasAddress(view, nic, sources, packet.from) ||
      isMember(view, rule.sourceApplicationSecurityGroups, packet.from)) &&
    (hasAddress(view, nic, destinations, packet.to) ||
      isMember(view, rule.destinationApplicationSecurityGroups, packet.to))
  );
}

function judgeGroup(view: Snapshot, nic: Nic, nsg: Nsg, packet: Packet): Verdict {
  const rules = [...nsg.rules.filter(({ failed }) => failed !== 'notInForce'), ...defaultRules].sort(
    (a, b) => a.properties.priority - b.properties.priority,
  );
  const rule = rules.find(({ properties }) => matches(view, nic, properties, packet));
  return { open: rule?.properties.access === 'Allow', by: `${nsg.name}/${rule?.name}` };
}

function judgeByManager(view: Snapshot, nic: Nic, packet: Packet) {
  const vnetId = vnetIdOf(nic.subnetId);
  return [...view.adminRules.values()]
    .filter((rule) => rule.vnetIds.some((id) => sameId(id, vnetId)))
    .sort((a, b) => a.priority - b.priority)
    .find(
      (rule) =>
        hasProtocol(rule.protocol, packet.protocol) &&
        hasPort(rule.ports, packet.port) &&
        hasAddress(view, nic, rule.sources, packet.from) &&
        hasAddress(view, nic, rule.destinations ?? ['*'], packet.to),
    );
}

/** Judges a packet at an interface: security admin rules, then the subnet's group, then the interface's own. */
export function judge(view: Snapshot, nic: Nic, packet: Packet): Verdict {
  const admin = judgeByManager(view, nic, packet);
  if (admin && admin.access !== 'Allow') {
    return { open: admin.access === 'AlwaysAllow', by: `network manager/${admin.name}` };
  }
  const ids = [view.subnets.get(nic.subnetId.toLowerCase())?.nsgId, nic.nsgId];
  const groups = ids.flatMap((id) => view.nsgs.get(id?.toLowerCase() ?? '') ?? []);
  if (groups.length === 0) {
    // A standard public address lets nothing in until a group allows it.
    const outside = expandTag(view, nic.subnetId, 'Internet')?.some((prefix) => isWithin(packet.from, prefix));
    return { open: !outside, by: 'no group' };
  }
  const verdicts = groups.map((nsg) => judgeGroup(view, nic, nsg, packet));
  return verdicts.find(({ open }) => !open) ?? { open: true, by: verdicts.map(({ by }) => by).join(', ') };
}
