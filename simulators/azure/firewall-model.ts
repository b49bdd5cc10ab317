import type { Overlay } from './overlay.ts';

/** Azure Firewall in both its forms: rules in the firewall itself (classic), or in a policy that it refers to. */

/** One rule of a classic firewall; application rules are kept as they came and judge nothing here. */
export interface ClassicRule {
  readonly name: string;
  readonly description?: string | undefined;
  readonly protocols: readonly string[];
  readonly sourceAddresses?: readonly string[] | undefined;
  readonly sourceIpGroups?: readonly string[] | undefined;
  readonly destinationAddresses?: readonly string[] | undefined;
  readonly destinationIpGroups?: readonly string[] | undefined;
  readonly destinationFqdns?: readonly string[] | undefined;
  readonly destinationPorts: readonly string[];
  readonly translatedAddress?: string | undefined;
  readonly translatedFqdn?: string | undefined;
  readonly translatedPort?: string | undefined;
}

export interface ClassicCollection<Rule = ClassicRule> {
  readonly name: string;
  /** 100 to 65000, unique among the collections of its kind. */
  readonly priority: number;
  readonly action: { readonly type: string };
  readonly rules: readonly Rule[];
}

/** Addresses, prefixes and ranges under one name, which rules of firewalls refer to ("IP Groups in Azure Firewall"). */
export interface IpGroup {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly addresses: readonly string[];
}

/** All that a classic firewall's own rules say. */
export interface ClassicRules {
  readonly nat: readonly ClassicCollection[];
  readonly network: readonly ClassicCollection[];
  readonly application: readonly ClassicCollection<unknown>[];
}

export interface Firewall {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly etag: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly zones?: readonly string[] | undefined;
  /** Properties that change nothing here, as the last PUT said them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Without any, the firewall is deallocated and lets nothing through. */
  readonly configurations: readonly {
    readonly name: string;
    readonly subnetId?: string | undefined;
    readonly publicIpId?: string | undefined;
  }[];
  readonly privateIp: string;
  readonly policyId?: string | undefined;
  readonly rules: ClassicRules;
  readonly extra?: Overlay | undefined;
  /** The last update failed: what was in force before it still is. */
  readonly failed?: boolean | undefined;
  /** The rules that are in force until `busyUntilMs`; from then on it is `rules`. */
  readonly before?: ClassicRules | undefined;
  /** UTC instant until which an update is under way and another one is refused. */
  readonly busyUntilMs: number;
}

export interface PolicyRule {
  readonly ruleType: 'NatRule' | 'NetworkRule' | 'ApplicationRule';
  readonly name: string;
  readonly description?: string | undefined;
  readonly ipProtocols?: readonly string[] | undefined;
  readonly sourceAddresses?: readonly string[] | undefined;
  readonly sourceIpGroups?: readonly string[] | undefined;
  readonly destinationAddresses?: readonly string[] | undefined;
  readonly destinationIpGroups?: readonly string[] | undefined;
  readonly destinationFqdns?: readonly string[] | undefined;
  readonly destinationPorts?: readonly string[] | undefined;
  readonly translatedAddress?: string | undefined;
  readonly translatedFqdn?: string | undefined;
  readonly translatedPort?: string | undefined;
}

export interface PolicyCollection {
  readonly ruleCollectionType: 'FirewallPolicyNatRuleCollection' | 'FirewallPolicyFilterRuleCollection';
  readonly name: string;
  readonly priority: number;
  readonly action: { readonly type: string };
  readonly rules: readonly PolicyRule[];
}

/** A rule collection group: a child resource of its policy. */
export interface RuleGroup {
  readonly id: string;
  readonly name: string;
  readonly policyId: string;
  readonly etag: string;
  readonly priority: number;
  readonly collections: readonly PolicyCollection[];
  readonly extra?: Overlay | undefined;
}

export interface FirewallPolicy {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly etag: string;
  /** The parent, whose network rules come first; its NAT rules are not inherited. */
  readonly basePolicyId?: string | undefined;
  readonly threatIntelMode?: 'Alert' | 'Deny' | 'Off' | undefined;
  /** Addresses that threat intelligence leaves alone. */
  readonly neverThreats?: readonly string[] | undefined;
  /** The groups that are in force until `busyUntilMs`. */
  readonly before?: readonly RuleGroup[] | undefined;
  readonly busyUntilMs: number;
}
