/** The networks around the machines: who reaches whom, and by which way. */

interface Located {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
}

/** A virtual network; its subnets are in a table of their own and name it by the beginning of their id. */
export interface Vnet extends Located {
  readonly prefixes: readonly string[];
  /** Networks that it is connected with; a peering carries traffic only where both sides have it. */
  readonly peerings: readonly { readonly name: string; readonly remoteId: string }[];
  /** The virtual hub that it is connected to: it exchanges packets with all others there ("About virtual hub routing"). */
  readonly hub?: {
    readonly name: string;
    /** Prefixes of branches that the hub sends. */
    readonly branches: readonly string[];
    /** Routing intent for the Internet: a default route to the hub's own firewall. */
    readonly sendsDefault: boolean;
  };
}

/**
 * A connectivity configuration of a network manager ("Connectivity configurations in Azure Virtual Network Manager"): the members of
 * a mesh reach each other without peerings; a hub and spoke makes peerings, which are put where they are.
 */
export interface Connectivity {
  readonly id: string;
  readonly name: string;
  readonly vnetIds: readonly string[];
  readonly topology: 'Mesh' | 'HubAndSpoke';
  /** Of a hub and spoke: do the spokes reach each other? */
  readonly isDirect: boolean;
}

export interface RouteTable extends Located {
  readonly routes: readonly {
    readonly name: string;
    readonly prefix: string;
    readonly nextHopType: 'VirtualAppliance' | 'Internet' | 'VnetLocal' | 'None';
    /** Address of a `VirtualAppliance`. */
    readonly nextHopIp?: string;
  }[];
}

export interface Bastion extends Located {
  readonly subnetId: string;
  readonly publicIpId: string;
}

/** An application security group; the interfaces name it, it does not name them. */
export type ApplicationGroup = Located;

/**
 * A security admin rule of a network manager ("Azure Virtual Network Manager: security admin rules"): judged before
 * every group of the networks that it is applied to. `Allow` lets the groups decide, the other two are final.
 */
export interface AdminRule {
  readonly id: string;
  readonly name: string;
  readonly managerId: string;
  readonly vnetIds: readonly string[];
  readonly access: 'Allow' | 'AlwaysAllow' | 'Deny';
  /** 1 to 4096. */
  readonly priority: number;
  readonly protocol: 'Tcp' | 'Udp' | '*';
  readonly sources: readonly string[];
  /** Everything where none is given. */
  readonly destinations?: readonly string[];
  readonly ports: readonly string[];
}

/** Id of the virtual network that a subnet is in. */
export function vnetIdOf(subnetId: string): string {
  return subnetId.replace(/\/subnets\/[^/]*$/i, '');
}
