import type { AzureFirewallNatRule, AzureFirewallNetworkRule, NatRule, NetworkRule } from '@azure/arm-network';
import type { Protocol } from '../../../src/core/rule/port.ts';

/** One DNAT rule of ours. */
export interface DnatRule {
  readonly name: string;
  readonly description: string;
  readonly protocol: Protocol;
  /** `*` or a prefix. */
  readonly source: string;
  /** A public address of the firewall, and its port. */
  readonly address: string;
  readonly port: number;
  /** Where that leads. */
  readonly to: { readonly address: string; readonly port: number };
}

/**
 * A note of ours that says of a machine without groups what of it is protected. It denies what nobody can come from, so it
 * changes nothing: a firewall lets nothing through that no rule allows.
 */
export interface ProtectionNote {
  readonly name: string;
  readonly description: string;
  readonly protocol: Protocol;
  readonly address: string;
  readonly ports: readonly number[];
}

/** What is to change in a collection of ours: rules that come in place of those with their names, and rules that go. */
export interface RuleChange<R> {
  readonly put: readonly R[];
  readonly remove: readonly string[];
}

/** A rule of ours that filters: it lets a lease through, or closes ports to everybody. */
export interface NetworkFilter extends ProtectionNote {
  /** `*` or a prefix. */
  readonly source: string;
}

export interface SourceEdit {
  readonly leases?: RuleChange<DnatRule>;
  readonly notes?: RuleChange<ProtectionNote>;
  readonly passes?: RuleChange<NetworkFilter>;
  readonly denies?: RuleChange<NetworkFilter>;
}

/** An address that nobody comes from ("limited broadcast", RFC 919). */
const NOBODY = '255.255.255.255';

export function classicTranslation(one: DnatRule): AzureFirewallNatRule {
  return { ...translation(one), protocols: [one.protocol.toUpperCase()] };
}

export function policyTranslation(one: DnatRule): NatRule {
  return { ...translation(one), ruleType: 'NatRule', ipProtocols: [one.protocol.toUpperCase()] };
}

export function classicNote(one: ProtectionNote | NetworkFilter): AzureFirewallNetworkRule {
  return { ...note(one), protocols: [one.protocol.toUpperCase()] };
}

export function policyNote(one: ProtectionNote | NetworkFilter): NetworkRule {
  return { ...note(one), ruleType: 'NetworkRule', ipProtocols: [one.protocol.toUpperCase()] };
}

function translation({ name, description, source, address, port, to }: DnatRule) {
  return {
    name,
    description,
    sourceAddresses: [source],
    destinationAddresses: [address],
    destinationPorts: [String(port)],
    translatedAddress: to.address,
    translatedPort: String(to.port),
  };
}

function note(one: ProtectionNote | NetworkFilter) {
  const { name, description, address, ports } = one;
  return {
    name,
    description,
    sourceAddresses: ['source' in one ? one.source : NOBODY],
    destinationAddresses: [address],
    destinationPorts: ports.map(String),
  };
}
