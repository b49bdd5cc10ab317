import type { NetworkAclEntry, Route, RouteTable, Subnet, NetworkAcl as ToldAcl } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { readAddresses } from '../../../src/core/packet/addresses.ts';
import type { Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import { ENDLESS, orAborted } from '../../../src/kit/time-limit.ts';
import { Batch } from '../ec2/batch.ts';
import type { Client } from '../ec2/clients.ts';
import { MOST_KEYS, readNetworkAcls, readRouteTables, readSubnets } from '../ec2/read.ts';
import type { AclEntry, NetworkAcl, SubnetFacts, SubnetRoute } from './model.ts';

/** Networks change seldom, and every look at a machine asks for them. */
const KEPT_MS = 10 * SECOND_MS;
const MOST_KEPT = 1_000;

/** What is around the subnets of an account and region: read for several at a time, and kept for some seconds. */
export class Subnets {
  readonly #kept = new Map<string, { readonly at: number; readonly value: Promise<SubnetFacts> }>();
  readonly #acls: Batch<ToldAcl | undefined>;
  readonly #tables: Batch<RouteTable | undefined>;
  readonly #mainTables: Batch<RouteTable | undefined>;
  readonly #subnets: Batch<Subnet | undefined>;
  readonly #now: () => number;

  constructor(client: Client, now: () => number) {
    this.#now = now;
    this.#acls = new Batch(
      async (ids) => {
        const all = readNetworkAcls(client, [{ Name: 'association.subnet-id', Values: [...ids] }], ENDLESS);
        return bySubnet(await Array.fromAsync(all));
      },
      undefined,
      MOST_KEYS,
    );
    this.#tables = new Batch(
      async (ids) => {
        const all = readRouteTables(client, [{ Name: 'association.subnet-id', Values: [...ids] }], ENDLESS);
        return bySubnet(await Array.fromAsync(all));
      },
      undefined,
      MOST_KEYS,
    );
    this.#mainTables = new Batch(
      async (vpcs) => {
        const main = { Name: 'association.main', Values: ['true'] };
        const all = readRouteTables(client, [{ Name: 'vpc-id', Values: [...vpcs] }, main], ENDLESS);
        return new Map((await Array.fromAsync(all)).map((table) => [table.VpcId ?? '', table]));
      },
      undefined,
      MOST_KEYS,
    );
    this.#subnets = new Batch(
      async (ids) => {
        const all = readSubnets(client, [{ Name: 'subnet-id', Values: [...ids] }], ENDLESS);
        return new Map((await Array.fromAsync(all)).map((subnet) => [subnet.SubnetId ?? '', subnet]));
      },
      undefined,
      MOST_KEYS,
    );
  }

  /** As it was some seconds ago at most. What may not be read is unknown; what may be had later is thrown. */
  of(subnet: string, vpc: string, signal: AbortSignal): Promise<SubnetFacts> {
    const at = this.#now();
    const before = this.#kept.get(subnet);
    if (before && at - before.at < KEPT_MS) return orAborted(before.value, signal);
    // Shared by all who ask, so it has no signal of the one who asked first; each call limits itself.
    const value = this.#read(subnet, vpc);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(subnet, { at, value });
    value.catch(() => this.#kept.delete(subnet));
    return orAborted(value, signal);
  }

  async #read(subnet: string, vpc: string): Promise<SubnetFacts> {
    const [acl, routes, prefixes] = await Promise.all([
      orUnknown('the network ACL of its subnet', async () => toAcl(await this.#acls.get(subnet, ENDLESS))),
      orUnknown('the route table of its subnet', async () => {
        const own = await this.#tables.get(subnet, ENDLESS);
        return toRoutes(own ?? (await this.#mainTables.get(vpc, ENDLESS)));
      }),
      orUnknown('the addresses of its subnet', async () => toPrefixes(await this.#subnets.get(subnet, ENDLESS))),
    ]);
    return { acl, routes, prefixes };
  }
}

/** Also what is said not to be there, or cannot be understood, is unknown: each subnet has all of these. */
async function orUnknown<T>(unknown: Unknown, read: () => Promise<T | undefined>): Promise<OrUnknown<T>> {
  try {
    const is = await read();
    return is === undefined ? { unknown } : { is };
  } catch (error) {
    if (error instanceof JitError && error.code === 'cloudDenied') return { unknown };
    throw error;
  }
}

function bySubnet<T extends { readonly Associations?: readonly { readonly SubnetId?: string | undefined }[] }>(
  all: readonly T[],
): ReadonlyMap<string, T> {
  return new Map(all.flatMap((one) => (one.Associations ?? []).map(({ SubnetId = '' }) => [SubnetId, one])));
}

function toAcl(acl: ToldAcl | undefined): NetworkAcl | undefined {
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
function toRoutes(table: RouteTable | undefined): readonly SubnetRoute[] | undefined {
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

function toPrefixes(subnet: Subnet | undefined): readonly string[] | undefined {
  if (!subnet?.CidrBlock && !subnet?.Ipv6CidrBlockAssociationSet?.length) return undefined;
  const six = (subnet.Ipv6CidrBlockAssociationSet ?? []).flatMap(({ Ipv6CidrBlock }) => Ipv6CidrBlock ?? []);
  return [...(subnet.CidrBlock ? [subnet.CidrBlock] : []), ...six];
}
