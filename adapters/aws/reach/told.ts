import type { NetworkAclEntry, Route, RouteTable, Subnet, NetworkAcl as ToldAcl } from '@aws-sdk/client-ec2';
import { readAddresses } from '../../../src/core/packet/addresses.ts';
import type { AclEntry, NetworkAcl, SubnetRoute } from './model.ts';

/** What EC2 tells of networks, as the evaluation needs it; undefined where that cannot be understood. */

export function toAcl(acl: ToldAcl | undefined): NetworkAcl | undefined {
  if (!acl?.NetworkAclId || !acl.Entries) return undefined;
  const [inbound, outbound] = [false, true].map((egress) =>
    (acl.Entries ?? []).filter(({ Egress }) => (Egress ?? false) === egress).map(toEntry),
  );
  // Without one of its entries nobody can say what an ACL lets through.
  return isWhole(inbound) && isWhole(outbound) ? { id: acl.NetworkAclId, inbound, outbound } : undefined;
}

function isWhole(entries: readonly (AclEntry | undefined)[] | undefined): entries is readonly AclEntry[] {
  return entries !== undefined && !entries.includes(undefined);
}

function toEntry(entry: NetworkAclEntry): AclEntry | undefined {
  const { RuleNumber, RuleAction, Protocol, CidrBlock, Ipv6CidrBlock, PortRange } = entry;
  const cidr = CidrBlock ?? Ipv6CidrBlock ?? '';
  const isKnown = RuleAction === 'allow' || RuleAction === 'deny';
  if (RuleNumber === undefined || !isKnown || !Protocol || !readAddresses(cidr)) return undefined;
  const { From = -1, To = From } = PortRange ?? {};
  const ports = From === -1 ? {} : { from: From, to: To };
  return { number: RuleNumber, allows: RuleAction === 'allow', protocol: Protocol, cidr, ...ports };
}

/** A static route goes before a propagated one of the same prefix ("Route priority"). */
export function toRoutes(table: RouteTable | undefined): readonly SubnetRoute[] | undefined {
  const isPropagated = ({ Origin }: Route) => (Origin === 'EnableVgwRoutePropagation' ? 1 : 0);
  return table?.Routes?.toSorted((a, b) => isPropagated(a) - isPropagated(b)).map((route) => ({
    destination: route.DestinationCidrBlock ?? route.DestinationIpv6CidrBlock ?? route.DestinationPrefixListId ?? '',
    target: targetOf(route),
    isDead: route.State !== undefined && route.State !== 'active',
  }));
}

/** A route to an instance names its interface too. */
function targetOf(route: Route): string {
  const { GatewayId, NatGatewayId, TransitGatewayId, VpcPeeringConnectionId, NetworkInterfaceId, InstanceId } = route;
  const { EgressOnlyInternetGatewayId, CarrierGatewayId, LocalGatewayId, CoreNetworkArn, OdbNetworkArn } = route;
  return (
    GatewayId ??
    NatGatewayId ??
    TransitGatewayId ??
    VpcPeeringConnectionId ??
    NetworkInterfaceId ??
    InstanceId ??
    EgressOnlyInternetGatewayId ??
    CarrierGatewayId ??
    LocalGatewayId ??
    CoreNetworkArn ??
    OdbNetworkArn ??
    'something that Drawbridge does not know'
  );
}

export function toPrefixes(subnet: Subnet | undefined): readonly string[] | undefined {
  if (!subnet?.CidrBlock && !subnet?.Ipv6CidrBlockAssociationSet?.length) return undefined;
  const six = (subnet.Ipv6CidrBlockAssociationSet ?? []).flatMap(({ Ipv6CidrBlock }) => Ipv6CidrBlock ?? []);
  return [...(subnet.CidrBlock ? [subnet.CidrBlock] : []), ...six];
}
