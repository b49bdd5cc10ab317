import type { Family } from '../../../src/core/packet/addresses.ts';
import type { KnownSet, Unknown } from '../../../src/core/packet/known.ts';
import type { NumberSet } from '../../../src/core/packet/ranges.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';

/**
 * What stands between a client and a machine, as far as it could be read: all that the evaluation needs, and nothing of
 * how it was read. Ids of resources are in lower case.
 */

/** A rule of a network security group, or an admin rule of a network manager. */
export interface TrafficRule {
  readonly name: string;
  readonly priority: number;
  /** `alwaysAllow`: of admin rules alone; no group is asked. */
  readonly access: 'allow' | 'deny' | 'alwaysAllow';
  /** In lower case: `tcp`, `udp`, `icmp`, `esp`, `ah`; `*` (or an admin rule's `any`) for every one. */
  readonly protocol: string;
  /** Prefixes, addresses, service tags, `*`. Nothing at all is not known to be everything. */
  readonly sources: readonly string[];
  readonly sourceGroups: readonly string[];
  /** `*`, `22`, `20-25`. */
  readonly sourcePorts: readonly string[];
  readonly destinations: readonly string[];
  readonly destinationGroups: readonly string[];
  readonly ports: readonly string[];
  /** Written out and in force. While not, nobody knows whether it counts. */
  readonly isInForce: boolean;
}

/** A network security group with its inbound rules, the built-in ones too. */
export interface SecurityGroup {
  readonly id: string;
  readonly name: string;
  readonly rules: readonly TrafficRule[];
}

/** The admin rules of one network manager that apply to a virtual network. Of several managers the highest scope comes first. */
export interface ManagerRules {
  readonly manager: string;
  readonly collections: readonly { readonly name: string; readonly rules: readonly TrafficRule[] }[];
}

export interface AzureRoute {
  readonly name: string;
  /** A prefix, or a service tag. */
  readonly prefix: string;
  /** As Azure writes it: `VirtualAppliance`, `VirtualNetworkGateway`, `VnetLocal`, `Internet`, `None`, … */
  readonly nextHop: string;
  readonly nextHopAddress?: string;
  readonly origin: 'user' | 'gateway' | 'system';
}

/** What the words of a rule mean on the interfaces of one subnet. */
export interface Surroundings {
  /** Address spaces of the virtual network, both families. */
  readonly own: readonly string[];
  /** Those of the networks that it is connected with. */
  readonly connected: OrUnknown<readonly string[]>;
  /** Is there a gateway, or the use of a peer's, through which prefixes are learned that only effective routes show? */
  readonly learns: boolean;
  /** Routes of the subnet besides the built-in ones. */
  readonly routes: OrUnknown<readonly AzureRoute[]>;
  /** Prefixes of service tags as the platform told them, by the tag in lower case: `virtualnetwork`, `internet`, `storage.westeurope`. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /** Private addresses of the members of application security groups, by the group's id. */
  readonly members: ReadonlyMap<string, OrUnknown<readonly string[]>>;
}

/** A private address of an interface, or a block of them, and the ways that lead to it from outside. */
export interface InterfaceAddress {
  /** An address or a prefix. */
  readonly address: string;
  readonly family: Family;
  /** Application security groups that it is a member of. */
  readonly groups: readonly string[];
  readonly publicAddress?: {
    readonly address: string;
    readonly sku: 'standard' | 'basic';
    /** Why packets to it may not come through. */
    readonly doubt?: Unknown;
  };
  /** Load balancers and NAT rules that lead to it. */
  readonly forwarded: readonly Forwarding[];
  /** What may lead to it from anywhere, and could not be read. */
  readonly mayLead?: readonly Unknown[];
}

/** A load balancing rule or an inbound NAT rule, for one port of the machine. */
export interface Forwarding {
  readonly name: string;
  readonly protocol: 'tcp' | 'udp' | '*';
  readonly frontend: { readonly address: string; readonly isPublic: boolean };
  readonly frontendPort: number;
  /** The last port of a range, where it is not told which of them leads here; `frontendPort` is the first then. */
  readonly lastFrontendPort?: number;
  /** The port that the machine gets the packet at; 0: every port, as it came in. */
  readonly backendPort: number;
  /** Floating IP: the machine gets the packet as it was sent to the frontend. */
  readonly floating: boolean;
  readonly sku: 'standard' | 'basic';
  /** Why packets may not come through after all. */
  readonly doubt?: Unknown;
  /** Other machines get its packets too, each some. */
  readonly isShared?: true;
}

export interface NetworkInterfaceFacts {
  readonly id: string;
  readonly addresses: readonly InterfaceAddress[];
  /** The group of the subnet and that of the interface; absent where there is none. */
  readonly subnetGroup?: OrUnknown<SecurityGroup>;
  readonly ownGroup?: OrUnknown<SecurityGroup>;
  readonly admin: OrUnknown<readonly ManagerRules[]>;
  readonly around: Surroundings;
}

/** One concrete path to a port of the machine, which fixes what the filters see. */
export interface WayToMachine {
  readonly kind: 'network' | 'publicAddress' | 'forwarded' | 'firewall';
  /** Where the client connects to. */
  readonly address: string;
  readonly port: number;
  readonly family: Family;
  readonly interface: string;
  /** The load balancer's or NAT rule's name. */
  readonly name?: string;
  /** Whether it is there at all is not known, because of this. */
  readonly unread?: Unknown;
  /** Who can come by it, whatever the filters say. */
  readonly clients: KnownSet;
  /** The packet as the filters see it. */
  readonly seen: {
    readonly destination: string;
    readonly port: number;
    readonly groups: readonly string[];
    /** A floating IP: the destination is the frontend's address, and no page says whether that is in the groups. */
    readonly isFrontend?: boolean;
  };
  /** The rule of a firewall that it goes by. */
  readonly passage?: FirewallPassage;
  /** A firewall puts its own address in place of the client's. */
  readonly translated?: Translated;
  /** What passes where neither subnet nor interface has a group. */
  readonly unguarded: 'all' | 'nothing';
}

export interface Translated {
  /** Prefixes of the firewall's subnet: packets come from an address in there. */
  readonly inside: readonly string[];
}

/** What of a firewall lets packets through, or keeps them out. */
export interface FirewallPassage {
  /** The rule that lets them through, as people find it. */
  readonly rule: string;
  /** Its own words for who may. */
  readonly sources: readonly string[];
  /** Rules that keep out some whom it would let through. */
  readonly denials: readonly { readonly rule: string; readonly sources: NumberSet }[];
}

/** A rule of an Azure Firewall, classic or of a policy, in the order in which they are judged. */
export interface FirewallRuleFacts {
  readonly kind: 'nat' | 'network' | 'application';
  readonly access: 'allow' | 'deny';
  /** `web/https`, with the policy and group in front where there is one. */
  readonly path: string;
  /** In lower case; `any` for all. */
  readonly protocols: readonly string[];
  /** `*`, addresses, prefixes and ranges; ids of IP groups in lower case; anything else cannot be looked up. */
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly ports: readonly string[];
  readonly to?: { readonly address: string; readonly port: string };
}

/** A firewall by which packets come to a machine. */
export interface FirewallInPath<R extends FirewallRuleFacts = FirewallRuleFacts> {
  readonly name: string;
  /** Only in a classic firewall a network rule can deny what a DNAT rule translated. */
  readonly isClassic: boolean;
  /** The rules that are in force. */
  readonly rules: OrUnknown<readonly R[]>;
  /** Prefixes that hold every address that it sends from. */
  readonly inside: readonly string[];
  /** What IP groups hold, by their ids. */
  readonly ipGroups: ReadonlyMap<string, OrUnknown<readonly string[]>>;
  /** Destinations at which a packet that is not translated keeps its source. */
  readonly keepsSourceTo: OrUnknown<readonly string[]>;
  /** Threat intelligence denies, before any rule, whoever is on Microsoft's list; never these. Absent: it denies nobody. */
  readonly threats?: { readonly never: readonly string[] };
  /** Clients inside may dial the firewall itself, which then asks its application rules alone. */
  readonly isProxy?: boolean;
  /** Nobody can tell whether a packet gets from it to the machine: why. */
  readonly doubt?: string;
}
