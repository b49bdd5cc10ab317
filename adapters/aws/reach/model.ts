import type { Family } from '../../../src/core/packet/addresses.ts';
import type { KnownSet, Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';

/**
 * What stands between a client and an instance, as far as it could be read: all that the evaluation needs, and nothing of how
 * it was read.
 */

/** One inbound rule of a security group: it has exactly one source. */
export interface IngressRule {
  readonly id: string;
  /** `-1`, `tcp`, `udp`, `icmp`, `icmpv6` or a protocol number. */
  readonly protocol: string;
  /** Absent, or -1: every port. */
  readonly from?: number;
  readonly to?: number;
  readonly source:
    | { readonly cidr: string }
    | { readonly prefixList: string; readonly entries: OrUnknown<readonly string[]> }
    /** Private addresses of the interfaces that bear the group, where the way keeps the membership. */
    | { readonly group: string; readonly name?: string; readonly members: OrUnknown<readonly string[]> };
}

export interface IngressGroup {
  readonly id: string;
  readonly name: string;
  readonly rules: readonly IngressRule[];
}

/** One entry of a network ACL. */
export interface AclEntry {
  readonly number: number;
  readonly allows: boolean;
  readonly protocol: string;
  readonly cidr: string;
  readonly from?: number;
  readonly to?: number;
}

export interface NetworkAcl {
  readonly id: string;
  readonly inbound: readonly AclEntry[];
  readonly outbound: readonly AclEntry[];
}

/** A route of the subnet's table. */
export interface SubnetRoute {
  readonly destination: string;
  /** `local`, `igw-…`, `eigw-…`, `nat-…`, `tgw-…`, `vgw-…`, `pcx-…`, `eni-…`, `vpce-…`, … */
  readonly target: string;
  /** It leads nowhere (`blackhole`). */
  readonly isDead: boolean;
}

/** Does the Internet gateway let packets in? VPC Block Public Access may forbid it, and there may be none. */
export type PublicAccess = 'on' | 'blocked' | 'noGateway';

/** What an interface has around it by the subnet that it is in. */
export interface SubnetFacts {
  readonly acl: OrUnknown<NetworkAcl>;
  readonly routes: OrUnknown<readonly SubnetRoute[]>;
  readonly prefixes: OrUnknown<readonly string[]>;
  readonly publicAccess: OrUnknown<PublicAccess>;
  /** The route table that the Internet gateway itself has ("Gateway route tables"); mostly it has none. */
  readonly edge: OrUnknown<readonly SubnetRoute[]>;
  /** What may hand on packets there as they are, and nobody here is told of: those of whoever shares the subnet. */
  readonly relays?: Unknown;
}

export interface InstanceAddress {
  /** An address or a delegated prefix. */
  readonly address: string;
  readonly family: Family;
  /** For IPv4 the public address that is translated to it. IPv6 addresses are their own. */
  readonly publicAddress?: string;
}

export interface InstanceInterface {
  readonly id: string;
  readonly addresses: readonly InstanceAddress[];
  readonly groups: readonly OrUnknown<IngressGroup>[];
  readonly acl: OrUnknown<NetworkAcl>;
  readonly routes: OrUnknown<readonly SubnetRoute[]>;
  /** Prefixes of its subnet: between two interfaces of one subnet no ACL is asked. */
  readonly subnet: readonly string[];
  /** The subnet's prefixes could not be read: whoever comes privately may be in it. */
  readonly isSubnetUnread?: boolean;
  readonly vpc: readonly string[];
  readonly publicAccess: OrUnknown<PublicAccess>;
  readonly edge: OrUnknown<readonly SubnetRoute[]>;
  /** `DenyAllIgwTraffic`: IPv6 is not reached from the Internet. */
  readonly deniesGateway: OrUnknown<boolean>;
  /**
   * What may hand on packets from the Internet that keep their addresses, past its gateway and network ACLs: a network load
   * balancer, an accelerator.
   */
  readonly relays?: Unknown;
}

/** One concrete path to a port of an instance. */
export interface WayToInstance {
  readonly kind: 'internet' | 'network';
  /** Where the client connects to. */
  readonly address: string;
  readonly port: number;
  readonly family: Family;
  readonly interface: string;
  /** Who can come by it, whatever the filters say. */
  readonly clients: KnownSet;
}
