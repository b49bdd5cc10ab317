import type { EffectiveNetworkSecurityRule, NetworkSecurityGroup, SecurityRule } from '@azure/arm-network';
import type { Port } from '../../../src/core/rule/port.ts';
import type { Rule } from '../../../src/core/rule/rule.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import { type ArmId, armIds } from './ids.ts';

/** An inbound rule of a network security group. */
export interface NsgRule {
  readonly name: string;
  readonly priority: number;
  readonly access: 'allow' | 'deny';
  /** In lower case; `*` for all. */
  readonly protocol: string;
  /** `*`, `22` or `20-25`. */
  readonly ports: readonly string[];
  /** Prefixes, service tags and application security groups, as Azure gives them. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly description: string;
  /** Only for some source ports, or for application security groups, which may not hold the machine: no deny to rely on. */
  readonly narrowed: boolean;
  /** Is it written out, and in effect? */
  readonly settled: boolean;
  /** Its last write failed. That does not tell whether it counts, and the way out is to write it again. */
  readonly hasFailed: boolean;
  readonly words: RuleWords;
}

/** What a rule says word by word, prefixes and tags apart from application security groups, whose ids are in lower case. */
export interface RuleWords {
  readonly sources: readonly string[];
  readonly sourceGroups: readonly ArmId[];
  readonly sourcePorts: readonly string[];
  readonly destinations: readonly string[];
  readonly destinationGroups: readonly ArmId[];
}

type Wire = EffectiveNetworkSecurityRule & SecurityRule;

/** The inbound rules of a group in the order in which they are judged. */
export function rulesOf({ securityRules = [], defaultSecurityRules = [] }: NetworkSecurityGroup): readonly NsgRule[] {
  return toRules([...securityRules, ...defaultSecurityRules]);
}

/** The same for rules as they are in effect; these are called `securityRules/<name>`. */
export function toRules(rules: readonly (SecurityRule | EffectiveNetworkSecurityRule)[]): readonly NsgRule[] {
  return (rules as readonly Wire[])
    .filter(({ direction }) => direction === 'Inbound')
    .map(
      (rule): NsgRule => ({
        name: (rule.name ?? '').replace(/^.*\//, ''),
        priority: rule.priority ?? 0,
        access: rule.access === 'Deny' ? 'deny' : 'allow',
        protocol: (rule.protocol ?? '*').toLowerCase().replace(/^all$/, '*'),
        ports: all(rule.destinationPortRange, rule.destinationPortRanges),
        sources: [
          ...all(rule.sourceAddressPrefix, rule.sourceAddressPrefixes),
          ...(rule.sourceApplicationSecurityGroups ?? []).map(({ id = '' }) => id.slice(id.lastIndexOf('/') + 1)),
        ],
        // An application security group may hold the machine: whoever cannot tell says that it does.
        destinations: rule.destinationApplicationSecurityGroups?.length
          ? ['*']
          : all(rule.destinationAddressPrefix, rule.destinationAddressPrefixes),
        description: rule.description ?? '',
        narrowed:
          Boolean(rule.destinationApplicationSecurityGroups?.length) ||
          !all(rule.sourcePortRange, rule.sourcePortRanges).some((text) => text === '*' || text === '0-65535'),
        settled: (rule.provisioningState ?? 'Succeeded') === 'Succeeded',
        // “Troubleshoot Azure Microsoft.Network failed provisioning state”: a property of its own, apart from what works.
        hasFailed: rule.provisioningState === 'Failed' || rule.provisioningState === 'Canceled',
        words: {
          sources: all(rule.sourceAddressPrefix, rule.sourceAddressPrefixes),
          sourceGroups: armIds((rule.sourceApplicationSecurityGroups ?? []).map(({ id }) => id)),
          sourcePorts: all(rule.sourcePortRange, rule.sourcePortRanges),
          destinations: all(rule.destinationAddressPrefix, rule.destinationAddressPrefixes),
          destinationGroups: armIds((rule.destinationApplicationSecurityGroups ?? []).map(({ id }) => id)),
        },
      }),
    )
    .sort((a, b) => a.priority - b.priority);
}

/** One value comes in the singular form, and from some operations in both. */
function all(single: string | undefined, many: readonly string[] = []): readonly string[] {
  return [...new Set([...(single ? [single] : []), ...many])];
}

/** Names of what Defender writes (observed; before 2023 with the old prefix). */
const DEFENDER = /^(?:MicrosoftDefenderForCloud|SecurityCenter)-JITRule[-_]-?\d+[-_][0-9A-F]{32}$/i;

/** Is it an allow rule of Defender's for exactly this port and source, in front of one of these addresses? */
export function isAllowOf(rule: NsgRule, { port, source }: Rule, addresses: readonly string[]): boolean {
  return rule.sources.length === 1 && isAllowFrom(rule, port, [source], addresses) && coversProtocol(rule, port);
}

/** The same for a request that may name several sources: one of them is enough. */
export function isAllowFrom(
  rule: NsgRule,
  { number }: Port,
  sources: readonly string[],
  addresses: readonly string[],
): boolean {
  const [port = '', ...morePorts] = rule.ports;
  const [destination = '', ...moreDestinations] = rule.destinations;
  return (
    isDefenders(rule) &&
    morePorts.length === 0 &&
    (port === String(number) || port === `${number}-${number}`) &&
    moreDestinations.length === 0 &&
    addresses.some((address) => parseSource(address) === parseSource(destination)) &&
    rule.sources.some((text) => sources.includes(parseSource(text) ?? ''))
  );
}

/** Is it an allow rule that Defender wrote for a request? */
export function isDefenders({ name, access }: NsgRule): boolean {
  return access === 'allow' && DEFENDER.test(name);
}

export function coversProtocol({ protocol }: NsgRule, port: Port): boolean {
  return protocol === '*' || protocol === port.protocol;
}

export function coversPort({ ports }: NsgRule, { number }: Port): boolean {
  return ports.some((text) => {
    if (text === '*') return true;
    const [first = Number.NaN, last = first] = text.split('-').map(Number);
    return first <= number && number <= last;
  });
}
