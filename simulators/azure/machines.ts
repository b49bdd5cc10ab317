import { SUBSCRIPTION_ID } from '../world.ts';
import { newEtag } from './history.ts';
import type { Nic, Nsg, PublicIp, Rule, RuleProperties, Snapshot, Subnet, Tables, Vm, Writer } from './model.ts';

/** A rule in short; what is not said is inbound, TCP, allow, to any address. */
export interface RuleSpec {
  readonly name: string;
  readonly priority: number;
  readonly source: string | readonly string[];
  readonly ports: string | readonly string[];
  readonly access?: 'Allow' | 'Deny';
  readonly direction?: 'Inbound' | 'Outbound';
  readonly protocol?: 'Tcp' | 'Udp' | '*';
  readonly destination?: string;
  readonly description?: string;
}

/** One interface of a machine; groups and subnets with the same name are shared. */
interface InterfaceSpec {
  readonly privateIps: readonly string[];
  readonly publicIp?: string;
  /** Name of the subnet in `vnet-prod`. */
  readonly subnet: string;
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

const VNET = 'vnet-prod';
/** Address space of the virtual network that all machines share. */
export const VNET_PREFIX = '10.0.0.0/16';

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

export function ruleProperties(spec: RuleSpec): RuleProperties {
  return {
    ...(spec.description === undefined ? {} : { description: spec.description }),
    protocol: spec.protocol ?? 'Tcp',
    sourcePortRange: '*',
    ...oneOrMany('destinationPortRange', 'destinationPortRanges', list(spec.ports)),
    ...oneOrMany('sourceAddressPrefix', 'sourceAddressPrefixes', list(spec.source)),
    destinationAddressPrefix: spec.destination ?? '*',
    access: spec.access ?? 'Allow',
    priority: spec.priority,
    direction: spec.direction ?? 'Inbound',
  };
}

export function makeRule(spec: RuleSpec, writer: Writer): Rule {
  return { name: spec.name, etag: newEtag(), writer, properties: ruleProperties(spec) };
}

/** Id of a resource of the simulated subscription (`type` as in `Microsoft.Network/networkSecurityGroups`). */
function armId(resourceGroup: string, type: string, name: string): string {
  return `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/${resourceGroup}/providers/${type}/${name}`;
}

/** The subscription before anything has happened: the machines with their network, Defender for Servers Plan 2. */
export function buildSubscription(machines: readonly MachineSpec[], nowMs: number): Snapshot {
  const vms = new Map<string, Vm>();
  const nics = new Map<string, Nic>();
  const subnets = new Map<string, Subnet>();
  const publicIps = new Map<string, PublicIp>();
  const nsgs = new Map<string, Nsg>();
  const keep = <T extends { readonly id: string }>(table: Map<string, T>, entity: T): string => {
    if (!table.has(entity.id.toLowerCase())) table.set(entity.id.toLowerCase(), entity);
    return entity.id;
  };

  for (const machine of machines) {
    const { resourceGroup = 'rg-prod', location = 'westeurope' } = machine;
    const home = { resourceGroup, location };
    const nsg = (name: string): string => {
      const id = armId(resourceGroup, 'Microsoft.Network/networkSecurityGroups', name);
      return keep(nsgs, { id, name, ...home, etag: newEtag(), rules: [], busyUntilMs: 0 });
    };
    const vmId = armId(resourceGroup, 'Microsoft.Compute/virtualMachines', machine.name);
    const nicIds = machine.interfaces.map((face, i) => {
      const nicName = i === 0 ? `${machine.name}-nic` : `${machine.name}-nic-${i + 1}`;
      const nicId = armId(resourceGroup, 'Microsoft.Network/networkInterfaces', nicName);
      const subnetId = `${armId(resourceGroup, 'Microsoft.Network/virtualNetworks', VNET)}/subnets/${face.subnet}`;
      const prefix = (face.privateIps[0] ?? '10.0.0.0').replace(/\d+$/, '0/24');
      const guard = face.subnetNsg === undefined ? undefined : nsg(face.subnetNsg);
      keep(subnets, { id: subnetId, name: face.subnet, vnet: VNET, prefix, nsgId: guard, ...home });
      const publicIpId = face.publicIp && armId(resourceGroup, 'Microsoft.Network/publicIPAddresses', `${nicName}-ip`);
      if (face.publicIp && publicIpId) {
        keep(publicIps, { id: publicIpId, name: `${nicName}-ip`, address: face.publicIp, nicId, ...home });
      }
      const addresses = face.privateIps.map((privateIp, n) => (n === 0 ? { privateIp, publicIpId } : { privateIp }));
      const nsgId = face.nicNsg === undefined ? undefined : nsg(face.nicNsg);
      return keep(nics, { id: nicId, name: nicName, vmId, nsgId, subnetId, addresses, ...home });
    });
    const tags = machine.tags ?? {};
    keep(vms, { id: vmId, name: machine.name, tags, power: 'running', nicIds, createdMs: nowMs, ...home });
    for (const { nsg: name, rule } of machine.standing ?? []) {
      const group = nsgs.get(nsg(name).toLowerCase());
      if (!group || group.rules.some((r) => r.name === rule.name)) continue;
      nsgs.set(group.id.toLowerCase(), { ...group, rules: [...group.rules, makeRule(rule, 'customer')] });
    }
  }

  const pricing: Tables['pricings'] = {
    id: `/subscriptions/${SUBSCRIPTION_ID}/providers/Microsoft.Security/pricings/VirtualMachines`,
    name: 'VirtualMachines',
    pricingTier: 'Standard',
    subPlan: 'P2',
  };
  const pricings = new Map([[pricing.id.toLowerCase(), pricing]]);
  return { vms, nics, subnets, publicIps, nsgs, pricings, policies: new Map(), requests: new Map() };
}
