import type {
  AzureFirewall,
  AzureFirewallNatRule,
  AzureFirewallNetworkRule,
  FirewallPolicyRuleCollectionGroup,
  NatRule,
  NetworkRule,
} from '@azure/arm-network';
import { closingName, leasesName, passesName, protectionName } from './names.ts';

/** A rule of a firewall that translates (`nat`) or filters (`network`) what passes. */
export interface FirewallRule {
  readonly kind: 'nat' | 'network';
  readonly access: 'allow' | 'deny';
  /** Collection and name, as people find it: `web/https`, with the policy and group in front where there is one. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  /** In lower case; `any` for all. */
  readonly protocols: readonly string[];
  /** `*`, addresses, prefixes and ranges; names of IP groups, which cannot be compared. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly ports: readonly string[];
  /** Where a NAT rule sends what matches. */
  readonly to?: { readonly address: string; readonly port: string };
  /** What it is for, when it stands in a collection of ours. */
  readonly ours?: RuleRole;
}

/**
 * `lease` translates for a lease, and `pass` lets it through where a `deny` of ours closes the port to everybody else;
 * `note` says what is protected.
 */
export type RuleRole = 'lease' | 'pass' | 'deny' | 'note';

interface Collection<R> {
  readonly name?: string;
  readonly priority?: number;
  readonly action?: { readonly type?: string };
  readonly rules?: readonly R[];
}

/** The rules of a classic firewall in the order in which they are judged ("Azure Firewall rule processing logic"). */
export function classicRules(firewall: AzureFirewall, installation: string): readonly FirewallRule[] {
  const { natRuleCollections = [], networkRuleCollections = [] } = firewall;
  return [
    ...flat<AzureFirewallNatRule>('nat', '', natRuleCollections, installation),
    ...flat<AzureFirewallNetworkRule>('network', '', networkRuleCollections, installation),
  ];
}

/** The same of one rule collection group of a policy; our own has the installation's collections. */
export function groupRules(
  path: string,
  { ruleCollections = [] }: FirewallPolicyRuleCollectionGroup,
  installation: string | undefined,
): readonly FirewallRule[] {
  const isNat = (type: string) => type === 'FirewallPolicyNatRuleCollection';
  return [...ruleCollections].sort(byPriority).flatMap((collection) => {
    const { ruleCollectionType, ...rest } = collection as Collection<NatRule | NetworkRule> & typeof collection;
    const rules = (rest.rules ?? []).filter(({ ruleType }) => ruleType === 'NatRule' || ruleType === 'NetworkRule');
    const kind = isNat(ruleCollectionType) ? 'nat' : 'network';
    return flat(kind, `${path}/`, [{ ...rest, rules }], installation);
  });
}

type Wire = Partial<Omit<NatRule, 'ruleType'>> & Partial<Omit<NetworkRule, 'ruleType'>> & { protocols?: string[] };

function flat<R extends AzureFirewallNatRule | AzureFirewallNetworkRule | NatRule | NetworkRule>(
  kind: FirewallRule['kind'],
  path: string,
  collections: readonly Collection<R>[],
  installation: string | undefined,
): readonly FirewallRule[] {
  const roles = rolesOf(kind, installation);
  return [...collections].sort(byPriority).flatMap(({ name = '', action, rules = [] }) =>
    rules.map((rule): FirewallRule => {
      const wire: Wire = rule;
      const address = wire.translatedAddress ?? wire.translatedFqdn;
      return {
        kind,
        access: action?.type === 'Deny' ? 'deny' : 'allow',
        path: `${path}${name}/${rule.name ?? ''}`,
        name: rule.name ?? '',
        description: rule.description ?? '',
        protocols: (wire.protocols ?? wire.ipProtocols ?? []).map((protocol) => protocol.toLowerCase()),
        sources: [...(wire.sourceAddresses ?? []), ...named(wire.sourceIpGroups)],
        destinations: [
          ...(wire.destinationAddresses ?? []),
          ...named(wire.destinationIpGroups),
          ...(wire.destinationFqdns ?? []),
        ],
        ports: wire.destinationPorts ?? [],
        ...(address === undefined ? {} : { to: { address, port: wire.translatedPort ?? '' } }),
        ...(roles.has(name.toLowerCase()) ? { ours: roles.get(name.toLowerCase()) } : {}),
      };
    }),
  );
}

/** The collections of ours by their names. */
function rolesOf(kind: FirewallRule['kind'], installation: string | undefined): ReadonlyMap<string, RuleRole> {
  if (installation === undefined) return new Map();
  const names: readonly (readonly [string, RuleRole])[] =
    kind === 'nat'
      ? [[leasesName(installation), 'lease']]
      : [
          [protectionName(installation), 'note'],
          [passesName(installation), 'pass'],
          [closingName(installation), 'deny'],
        ];
  return new Map(names.map(([name, role]) => [name.toLowerCase(), role]));
}

export function byPriority(a: { readonly priority?: number }, b: { readonly priority?: number }): number {
  return (a.priority ?? 0) - (b.priority ?? 0);
}

function named(ids: readonly string[] = []): readonly string[] {
  return ids.map((id) => id.slice(id.lastIndexOf('/') + 1));
}
