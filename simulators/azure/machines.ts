import { armId } from './draft.ts';
import { newEtag } from './history.ts';
import type { Rule, RuleProperties, Writer } from './model.ts';

/** A rule in short; what is not said is inbound, TCP, allow, to any address. */
export interface RuleSpec {
  readonly name: string;
  readonly priority: number;
  /** `*` where `sourceGroups` says it. */
  readonly source: string | readonly string[];
  readonly ports: string | readonly string[];
  readonly access?: 'Allow' | 'Deny';
  readonly direction?: 'Inbound' | 'Outbound';
  readonly protocol?: 'Tcp' | 'Udp' | '*';
  readonly destination?: string | readonly string[];
  /** Names of application security groups of `rg-prod`, instead of a source or destination. */
  readonly sourceGroups?: readonly string[];
  readonly destinationGroups?: readonly string[];
  readonly description?: string;
}

/** One interface of a machine; groups and subnets with the same name are shared. */
interface InterfaceSpec {
  /** The first one is IPv4; IPv6 addresses make its subnet one of both. */
  readonly privateIps: readonly string[];
  /** Public address of the first private one. */
  readonly publicIp?: string;
  /** Name of the virtual network, `vnet-prod` by default. */
  readonly vnet?: string;
  /** Name of the subnet in it. */
  readonly subnet: string;
  /** Name of a firewall that everything from the subnet goes through. */
  readonly through?: string;
  /** Names of the application security groups that its addresses are in. */
  readonly applicationGroups?: readonly string[];
  readonly subnetNsg?: string;
  readonly nicNsg?: string;
}

export interface MachineSpec {
  readonly name: string;
  readonly resourceGroup?: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly interfaces: readonly InterfaceSpec[];
  /** Rules that the customer has in the groups, by the group's name. */
  readonly standing?: readonly { readonly nsg: string; readonly rule: RuleSpec }[];
}

const https: RuleSpec = { name: 'allow-https', priority: 200, source: 'Internet', ports: '443' };

/** The machines of the demo; `jump-1` stays open on 22 through a rule of the customer. */
export const defaultMachines: readonly MachineSpec[] = [
  {
    name: 'web-1',
    tags: { env: 'prod', team: 'web' },
    interfaces: [
      {
        privateIps: ['10.0.0.4'],
        publicIp: '198.51.100.4',
        subnet: 'web',
        subnetNsg: 'subnet-web-nsg',
        nicNsg: 'web-1-nsg',
      },
    ],
    standing: [
      { nsg: 'subnet-web-nsg', rule: https },
      { nsg: 'web-1-nsg', rule: https },
    ],
  },
  {
    name: 'db-1',
    tags: { env: 'prod', team: 'data' },
    interfaces: [{ privateIps: ['10.0.1.4'], subnet: 'db', subnetNsg: 'subnet-db-nsg' }],
    standing: [
      { nsg: 'subnet-db-nsg', rule: { name: 'allow-web', priority: 200, source: '10.0.0.0/24', ports: '5432' } },
    ],
  },
  {
    name: 'jump-1',
    tags: { env: 'prod', team: 'platform' },
    interfaces: [{ privateIps: ['10.0.2.4'], publicIp: '198.51.100.6', subnet: 'jump', nicNsg: 'jump-1-nsg' }],
    standing: [
      { nsg: 'jump-1-nsg', rule: { name: 'allow-ssh-office', priority: 300, source: '0.0.0.0/0', ports: '22' } },
    ],
  },
];

/** Singular and plural forms, as Resource Manager keeps them: one value in the singular, more in the plural. */
export function oneOrMany<S extends string, P extends string>(
  singular: S,
  plural: P,
  values: readonly string[],
): { [K in S]?: string } & { [K in P]?: readonly string[] } {
  const named = values.length === 1 ? { [singular]: values[0] } : { [plural]: values };
  return named as { [K in S]?: string } & { [K in P]?: readonly string[] };
}

const list = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

const applicationGroup = (name: string) => ({
  id: armId('rg-prod', 'Microsoft.Network/applicationSecurityGroups', name),
});

export function ruleProperties(spec: RuleSpec): RuleProperties {
  return {
    ...(spec.description === undefined ? {} : { description: spec.description }),
    protocol: spec.protocol ?? 'Tcp',
    sourcePortRange: '*',
    ...oneOrMany('destinationPortRange', 'destinationPortRanges', list(spec.ports)),
    ...(spec.sourceGroups
      ? { sourceApplicationSecurityGroups: spec.sourceGroups.map(applicationGroup) }
      : oneOrMany('sourceAddressPrefix', 'sourceAddressPrefixes', list(spec.source))),
    ...(spec.destinationGroups
      ? { destinationApplicationSecurityGroups: spec.destinationGroups.map(applicationGroup) }
      : oneOrMany('destinationAddressPrefix', 'destinationAddressPrefixes', list(spec.destination ?? '*'))),
    access: spec.access ?? 'Allow',
    priority: spec.priority,
    direction: spec.direction ?? 'Inbound',
  };
}

export function makeRule(spec: RuleSpec, writer: Writer): Rule {
  return { name: spec.name, etag: newEtag(), writer, properties: ruleProperties(spec) };
}
