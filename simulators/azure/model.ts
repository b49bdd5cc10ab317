import type { LoadBalancer } from './balancer-model.ts';
import type { Firewall, FirewallPolicy, IpGroup, RuleGroup } from './firewall-model.ts';
import type { Overlay } from './overlay.ts';
import type { AdminRule, ApplicationGroup, Bastion, Connectivity, RouteTable, Vnet } from './topology-model.ts';

/** What the simulated subscription holds. Entities are never changed in place: a change puts a new one. */

/** Who wrote a rule: the customer by hand, Defender for Cloud, or another caller of Resource Manager. */
export type Writer = 'customer' | 'defender' | 'other';

/** Properties of a security rule, as in the OpenAPI definition `SecurityRulePropertiesFormat`. */
export interface RuleProperties {
  readonly description?: string | undefined;
  readonly protocol: string;
  readonly sourcePortRange?: string | undefined;
  readonly sourcePortRanges?: readonly string[] | undefined;
  readonly destinationPortRange?: string | undefined;
  readonly destinationPortRanges?: readonly string[] | undefined;
  readonly sourceAddressPrefix?: string | undefined;
  readonly sourceAddressPrefixes?: readonly string[] | undefined;
  readonly destinationAddressPrefix?: string | undefined;
  readonly destinationAddressPrefixes?: readonly string[] | undefined;
  readonly sourceApplicationSecurityGroups?: readonly { readonly id: string }[] | undefined;
  readonly destinationApplicationSecurityGroups?: readonly { readonly id: string }[] | undefined;
  readonly access: 'Allow' | 'Deny';
  readonly priority: number;
  readonly direction: 'Inbound' | 'Outbound';
}

/** Why Defender wrote a rule: the policy and machine of a deny, or the request and port of an allow. */
interface JitOrigin {
  readonly kind: 'deny' | 'allow';
  readonly policyId: string;
  readonly vmId: string;
  /** The request of an allow. */
  readonly requestId?: string;
  /** The port of an allow. */
  readonly port?: number;
}

export interface Rule {
  readonly name: string;
  readonly etag: string;
  readonly writer: Writer;
  /** Its last PUT failed, which does not tell whether it is in force ("Troubleshoot Azure Microsoft.Network failed provisioning state"). */
  readonly failed?: 'inForce' | 'notInForce' | undefined;
  readonly properties: RuleProperties;
  readonly jit?: JitOrigin;
}

export interface Nsg {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly etag: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Whether a change of its rules ends the connections that they no longer allow. */
  readonly flushConnection?: boolean | undefined;
  readonly rules: readonly Rule[];
  /** UTC instant until which a write is under way and another one is refused. */
  readonly busyUntilMs: number;
}

export interface Subnet {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly vnet: string;
  readonly location: string;
  /** One of IPv4, and one of IPv6 where the network has both. */
  readonly prefixes: readonly string[];
  readonly nsgId?: string | undefined;
  readonly routeTableId?: string | undefined;
}

export interface PublicIp {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly address: string;
  /** Id of the `ipConfigurations` entry that has it: of an interface, a firewall or a Bastion. */
  readonly configurationId: string;
}

export interface Nic {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly vmId?: string | undefined;
  readonly nsgId?: string | undefined;
  readonly subnetId: string;
  readonly addresses: readonly {
    readonly privateIp: string;
    readonly publicIpId?: string | undefined;
    readonly applicationGroupIds: readonly string[];
  }[];
}

export interface Vm {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly power: 'running' | 'deallocated';
  readonly nicIds: readonly string[];
  readonly createdMs: number;
}

/** A scale set ("Virtual Machine Scale Sets - List All"); what is in it is not simulated. */
export interface ScaleSet {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly orchestrationMode: 'Uniform' | 'Flexible';
}

export interface JitPort {
  readonly number: number;
  readonly protocol: 'TCP' | 'UDP' | '*';
  readonly allowedSourceAddressPrefix?: string | undefined;
  readonly allowedSourceAddressPrefixes?: readonly string[] | undefined;
  readonly maxRequestAccessDuration: string;
  readonly appendMode?: boolean | undefined;
}

export interface JitVm {
  readonly id: string;
  readonly ports: readonly JitPort[];
  readonly publicIpAddress?: string | undefined;
  readonly appendMode?: boolean | undefined;
}

export interface JitPolicy {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly virtualMachines: readonly JitVm[];
  /** In recorded policies, and in no specification: whoever writes a policy without it sets it back. */
  readonly appendMode: boolean;
  readonly extra?: Overlay | undefined;
}

/** One port of one request on one machine. */
export interface JitAccess {
  readonly vmId: string;
  readonly number: number;
  readonly protocol: JitPort['protocol'];
  readonly sources: readonly string[];
  /** Whether the caller gave the sources as a list; the record answers in the same way. */
  readonly plural: boolean;
  readonly endMs: number;
  readonly status: 'Initiating' | 'Initiated' | 'Revoked';
  readonly statusReason: 'UserRequested' | 'Expired' | 'NewerRequestInitiated';
  /** Where the port is reached through a firewall, and the address behind it. */
  readonly mapping?:
    | {
        readonly firewallId: string;
        readonly address: string;
        readonly port: number;
        readonly privateIp: string;
      }
    | undefined;
}

export interface JitRequest {
  readonly id: string;
  readonly policyId: string;
  readonly startMs: number;
  readonly requestor: string;
  readonly justification?: string | undefined;
  /** A policy PUT without this record took it out of the policy's history; Defender still closes what it opened. */
  readonly hidden: boolean;
  readonly accesses: readonly JitAccess[];
}

/** The Defender plan of a kind of resource (`VirtualMachines`). */
export interface Pricing {
  readonly id: string;
  readonly name: string;
  readonly pricingTier: 'Standard' | 'Free';
  readonly subPlan?: 'P1' | 'P2' | undefined;
}

/** A management lock; it counts for its scope and all that is in it. */
export interface ManagementLock {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
}

export interface Tables {
  readonly vms: Vm;
  readonly nics: Nic;
  readonly subnets: Subnet;
  readonly publicIps: PublicIp;
  readonly nsgs: Nsg;
  readonly policies: JitPolicy;
  readonly requests: JitRequest;
  readonly pricings: Pricing;
  readonly vnets: Vnet;
  readonly routeTables: RouteTable;
  readonly firewalls: Firewall;
  readonly firewallPolicies: FirewallPolicy;
  readonly ruleGroups: RuleGroup;
  readonly ipGroups: IpGroup;
  readonly bastions: Bastion;
  readonly loadBalancers: LoadBalancer;
  readonly applicationGroups: ApplicationGroup;
  readonly adminRules: AdminRule;
  readonly connectivities: Connectivity;
  readonly scaleSets: ScaleSet;
  readonly locks: ManagementLock;
}

/** The whole subscription at one instant; keys are ids in lower case, because Azure's ids ignore case. */
export type Snapshot = { readonly [T in keyof Tables]: ReadonlyMap<string, Tables[T]> };

/** Whether two ids name the same resource. */
export function sameId(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();
}
