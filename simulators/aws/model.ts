/** Resources are never changed in place: a change puts a new row, so that a past row can still be read. */
interface Row {
  readonly id: string;
  /** Grows with each resource made; lists are in this order, and pages continue behind it. */
  readonly seq: number;
  readonly tags: Tags;
}

export type Tags = ReadonlyMap<string, string>;

export interface Vpc extends Row {
  readonly cidr: string;
  readonly ipv6Cidr?: string;
  readonly isDefault: boolean;
}

export interface Subnet extends Row {
  readonly vpcId: string;
  /** Empty where the subnet is for IPv6 alone. */
  readonly cidr: string;
  readonly ipv6Cidr?: string;
  readonly zone: string;
  /** The account that shares it with this one; absent: it is this one's own. */
  readonly owner?: string;
}

/** One entry of a network ACL: the one with the lowest number that matches a packet decides. */
export interface AclEntry {
  readonly number: number;
  readonly egress: boolean;
  readonly action: 'allow' | 'deny';
  /** `-1` for all, or a protocol's number. */
  readonly protocol: string;
  readonly cidr: string;
  /** Of TCP and UDP; all without them. */
  readonly fromPort?: number;
  readonly toPort?: number;
}

export interface NetworkAcl extends Row {
  readonly vpcId: string;
  readonly isDefault: boolean;
  readonly subnetIds: readonly string[];
  readonly entries: readonly AclEntry[];
}

export interface Route {
  /** A prefix of either family, or `pl-…`. */
  readonly destination: string;
  /** `local`, `igw-…`, `nat-…`, `pcx-…`, `tgw-…`, `vgw-…`, `eigw-…`, `eni-…`, `vpce-…`. */
  readonly target: string;
  /** Leads nowhere, as what it names is gone. */
  readonly isBlackhole?: boolean;
}

export interface RouteTable extends Row {
  readonly vpcId: string;
  readonly isMain: boolean;
  /** Those that have it explicitly; all others of the VPC have the main one. */
  readonly subnetIds: readonly string[];
  /** Gateways whose packets go by it ("Gateway route tables", Amazon VPC user guide). */
  readonly gatewayIds?: readonly string[];
  readonly routes: readonly Route[];
}

/** An Internet gateway; attached to one VPC, or to none. */
export interface Gateway extends Row {
  readonly vpcId?: string;
}

/** VPC Block Public Access of an account in a region: at most one row ("Block public access to VPCs and subnets"). */
export interface PublicAccess extends Row {
  readonly mode: 'off' | 'block-bidirectional' | 'block-ingress';
  readonly state: 'default-state' | 'update-in-progress' | 'update-complete';
}

/** What it leaves out. */
export interface Exclusion extends Row {
  /** `vpc-…` or `subnet-…`. */
  readonly resourceId: string;
  readonly mode: 'allow-bidirectional' | 'allow-egress';
  /** `VpcBlockPublicAccessExclusionState`. */
  readonly state: string;
}

export interface Group extends Row {
  readonly name: string;
  readonly description: string;
  readonly vpcId: string;
  /** Other VPCs whose interfaces may have it ("Associate security groups with multiple VPCs", Amazon VPC user guide). */
  readonly associated?: readonly string[];
  /** Another account's, which shares it no more: it stays where it is, in force, and this account is not shown it. */
  readonly isHidden?: true;
}

/** Where the traffic of a rule comes from (ingress) or goes to (egress): a canonical CIDR, `pl-…` or `sg-…`. */
export interface Peer {
  readonly kind: 'ipv4' | 'ipv6' | 'prefixList' | 'group';
  readonly value: string;
  /** Of a group of another account, or of a peered VPC. */
  readonly account?: string;
  readonly peeringStatus?: string;
}

/** What makes a rule this rule: a group can have it once. */
export interface Permission {
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1` (all) or another protocol's number. */
  readonly protocol: string;
  /** Port, or ICMP type; -1 where there is none. */
  readonly fromPort: number;
  /** Port, or ICMP code; -1 where there is none. */
  readonly toPort: number;
  readonly peer: Peer;
}

export interface Rule extends Row, Permission {
  readonly groupId: string;
  readonly egress: boolean;
  readonly description?: string;
}

export interface Interface extends Row {
  /** Empty for the interface of a service. */
  readonly instanceId: string;
  /** `network_load_balancer`, `lambda`; a plain `interface` unless told. */
  readonly type?: string;
  readonly deviceIndex: number;
  /** Of the network card; 0 unless told. */
  readonly card?: number;
  readonly attachmentId: string;
  readonly attachedMs: number;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly privateIp: string;
  readonly publicIp?: string;
  readonly ipv6: readonly string[];
  readonly groups: readonly string[];
  readonly description: string;
  /** Made and kept by a service of AWS: nobody else may change it. */
  readonly requesterManaged: boolean;
  readonly sourceDestCheck: boolean;
  /** `DenyAllIgwTraffic`: the Internet does not get to its IPv6 addresses. */
  readonly deniesGateway?: boolean;
}

export type InstanceState = 'pending' | 'running' | 'stopped' | 'terminated';

export interface Instance extends Row {
  readonly reservationId: string;
  readonly state: InstanceState;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly launchedMs: number;
  readonly terminatedMs?: number;
  /** Gets a public address each time it starts. */
  readonly wantsPublicIp: boolean;
}

export interface PrefixList extends Row {
  readonly name: string;
  readonly family: 'IPv4' | 'IPv6';
  /** `AWS` for those that AWS keeps. */
  readonly ownerId: string;
  /** What it counts for in a security group. */
  readonly maxEntries: number;
  readonly entries: readonly { readonly cidr: string; readonly description?: string }[];
}

/** A subscription to records of traffic ("Logging IP traffic using VPC Flow Logs", Amazon VPC user guide). */
export interface FlowLog extends Row {
  readonly createdMs: number;
  /** `vpc-…`, `subnet-…` or `eni-…`. */
  readonly resourceId: string;
  readonly trafficType: 'ACCEPT' | 'REJECT' | 'ALL';
  readonly destination: 'cloud-watch-logs' | 's3' | 'kinesis-data-firehose';
  /** The log group, or the name of what else it goes to. */
  readonly group: string;
  /** `${version} ${account-id} …` */
  readonly format: string;
  readonly intervalS: 60 | 600;
  /** `FAILED` with why; `SUCCESS` unless told. */
  readonly failure?: string;
}

/** One text for one permission in one direction of one group. */
export function identity(groupId: string, egress: boolean, permission: Permission): string {
  const { protocol, fromPort, toPort, peer } = permission;
  return `${groupId}|${egress ? 'out' : 'in'}|${protocol}|${fromPort}|${toPort}|${peer.value}`;
}
