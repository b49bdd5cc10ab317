import type {
  ApplicationRule,
  AzureFirewall,
  AzureFirewallApplicationRule,
  AzureFirewallNatRule,
  AzureFirewallNetworkRule,
  FirewallPolicyRuleCollectionGroup,
  NatRule,
  NetworkRule,
} from '@azure/arm-network';
import { say } from '../../../src/core/language/say.ts';
import type { Saying } from '../../../src/core/language/text.ts';
import { armIds } from '../arm/ids.ts';
import type { FirewallRuleFacts } from '../reach/model.ts';
import { closingName, leasesName, passesName, protectionName } from './names.ts';

/** A rule of a firewall that translates (`nat`) or filters what passes. */
export interface FirewallRule extends FirewallRuleFacts {
  readonly name: string;
  readonly description: string;
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
  const { natRuleCollections = [], networkRuleCollections = [], applicationRuleCollections = [] } = firewall;
  return [
    ...flat<AzureFirewallNatRule>('nat', '', natRuleCollections, installation),
    ...flat<AzureFirewallNetworkRule>('network', '', networkRuleCollections, installation),
    ...flat<AzureFirewallApplicationRule>('application', '', applicationRuleCollections, installation),
  ];
}

/** The same of one rule collection group of a policy; our own has the installation's collections. */
export function groupRules(
  path: string,
  { ruleCollections = [] }: FirewallPolicyRuleCollectionGroup,
  installation: string | undefined,
): readonly FirewallRule[] {
  return [...ruleCollections].sort(byPriority).flatMap((collection) => {
    const { ruleCollectionType, ...rest } = collection as Collection<PolicyRule> & typeof collection;
    const isNat = ruleCollectionType === 'FirewallPolicyNatRuleCollection';
    return KINDS.flatMap(([ruleType, kind]) => {
      // A collection of translations holds nothing else, and the others none.
      if ((kind === 'nat') !== isNat) return [];
      const rules = (rest.rules ?? []).filter((rule) => rule.ruleType === ruleType);
      return flat(kind, `${path}/`, [{ ...rest, rules }], installation);
    });
  });
}

const KINDS = [
  ['NatRule', 'nat'],
  ['NetworkRule', 'network'],
  ['ApplicationRule', 'application'],
] as const;

type PolicyRule = NatRule | NetworkRule | ApplicationRule;

const COLLECTIONS = ['FirewallPolicyNatRuleCollection', 'FirewallPolicyFilterRuleCollection'];

/** Collections and rules of kinds that did not exist when this was written: nobody can tell what they do. */
export function unknownRule(
  path: string,
  { ruleCollections = [] }: FirewallPolicyRuleCollectionGroup,
): Saying | undefined {
  for (const collection of ruleCollections) {
    const { ruleCollectionType, name = '', rules = [] } = collection as Collection<PolicyRule> & typeof collection;
    const odd = rules.find(({ ruleType }) => !KINDS.some(([known]) => known === ruleType));
    if (!COLLECTIONS.includes(ruleCollectionType) || odd)
      return say`what ${[path, name, ...(odd ? [odd.name] : [])].join('/')} does, which is of a kind that Drawbridge does not know`;
  }
  return undefined;
}

type Wire = Partial<Omit<NatRule, 'ruleType'>> &
  Partial<Omit<NetworkRule, 'ruleType'>> & {
    protocols?: readonly (string | { readonly protocolType?: string; readonly port?: number })[];
  };

type AnyRule = AzureFirewallNatRule | AzureFirewallNetworkRule | AzureFirewallApplicationRule | PolicyRule;

function flat<R extends AnyRule>(
  kind: FirewallRule['kind'],
  path: string,
  collections: readonly Collection<R>[],
  installation: string | undefined,
): readonly FirewallRule[] {
  const roles = rolesOf(kind, installation);
  return [...collections].sort(byPriority).flatMap(({ name = '', action, rules = [] }) =>
    rules.map((rule): FirewallRule => {
      const wire: Wire = rule;
      const protocols = wire.protocols ?? wire.ipProtocols ?? [];
      const address = wire.translatedAddress ?? wire.translatedFqdn;
      return {
        kind,
        access: action?.type === 'Deny' ? 'deny' : 'allow',
        path: `${path}${name}/${rule.name ?? ''}`,
        name: rule.name ?? '',
        description: rule.description ?? '',
        // Application rules name a protocol of HTTP or SQL with its port: all of them are TCP.
        protocols: kind === 'application' ? ['tcp'] : protocols.map((protocol) => String(protocol).toLowerCase()),
        sources: [
          ...(wire.sourceAddresses ?? []),
          ...armIds(wire.sourceIpGroups ?? []),
          ...others('geo', wire.sourceGeoLocations),
          ...others('selector', wire.sourceKubeSelectorGroups),
        ],
        destinations: [
          ...(wire.destinationAddresses ?? []),
          ...armIds(wire.destinationIpGroups ?? []),
          ...(wire.destinationFqdns ?? []).map((name) => name.toLowerCase()),
          ...others('geo', wire.destinationGeoLocations),
        ],
        ports:
          wire.destinationPorts ?? protocols.flatMap((one) => (typeof one === 'string' ? [] : String(one.port ?? ''))),
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

/** What no address stands for here, so that it is not taken for one. */
function others(kind: string, words: readonly string[] = []): readonly string[] {
  return words.map((word) => `${kind}:${word}`);
}
