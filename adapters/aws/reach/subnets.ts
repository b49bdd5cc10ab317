import type { InternetGateway, NetworkInterface, RouteTable, Subnet, NetworkAcl as ToldAcl } from '@aws-sdk/client-ec2';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import { Recent } from '../../../src/kit/recent.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import { Batch } from '../ec2/batch.ts';
import type { Client } from '../ec2/clients.ts';
import { MOST_KEYS, readInterfaces, readNetworkAcls, readRouteTables, readSubnets } from '../ec2/read.ts';
import { type BlockPublicAccess, readBlockPublicAccess, readGateways } from '../ec2/read-access.ts';
import { SUBNET } from './evaluate.ts';
import type { PublicAccess, SubnetFacts, SubnetRoute } from './model.ts';
import { orUnknown } from './or-unknown.ts';
import { PUBLIC_ACCESS, publicAccessOf } from './public-access.ts';
import { toAcl, toPrefixes, toRoutes } from './told.ts';

/** Networks change seldom, and every look at a machine asks for them. */
const KEPT_MS = 10 * SECOND_MS;

const ROUTES = 'the route table of its subnet';
const GATEWAY = 'whether its VPC has an Internet gateway';
const EDGE = 'the route table of the Internet gateway';
const RELAYS = 'whether a load balancer or an accelerator hands on packets to it';

/**
 * Interfaces of what hands on packets with the addresses that they come from: a network load balancer that preserves them, a
 * Global Accelerator, a Gateway Load Balancer, an EC2 Instance Connect Endpoint with `PreserveClientIp` ("Client IP preservation",
 * Elastic Load Balancing; "Preserve client IP addresses in Global Accelerator"; CreateInstanceConnectEndpoint).
 */
const RELAYING = [
  'network_load_balancer',
  'global_accelerator_managed',
  'gateway_load_balancer',
  'ec2_instance_connect_endpoint',
];

/** What is around the subnets of an account and region: read for several at a time, and kept for some seconds. */
export class Subnets {
  readonly #facts = new Recent<SubnetFacts>(KEPT_MS);
  readonly #relays = new Recent<Unknown | undefined>(KEPT_MS);
  readonly #access = new Recent<OrUnknown<BlockPublicAccess>>(KEPT_MS);
  readonly #acls: Batch<ToldAcl | undefined>;
  readonly #tables: Batch<readonly RouteTable[]>;
  readonly #subnets: Batch<Subnet | undefined>;
  readonly #gateways: Batch<InternetGateway | undefined>;
  readonly #interfaces: Batch<NetworkInterface | undefined>;
  readonly #denies = new Recent<OrUnknown<boolean>>(KEPT_MS);
  readonly #client: Client;
  readonly now: () => number;

  constructor(client: Client, now: () => number) {
    this.now = now;
    this.#client = client;
    this.#acls = new Batch(
      async (ids) => {
        const all = readNetworkAcls(client, [{ Name: 'association.subnet-id', Values: [...ids] }], ENDLESS);
        const found = await Array.fromAsync(all);
        return new Map(found.flatMap((acl) => (acl.Associations ?? []).map(({ SubnetId = '' }) => [SubnetId, acl])));
      },
      undefined,
      MOST_KEYS,
    );
    this.#tables = new Batch<readonly RouteTable[]>(
      async (vpcs) => {
        const all = await Array.fromAsync(readRouteTables(client, [{ Name: 'vpc-id', Values: [...vpcs] }], ENDLESS));
        return Map.groupBy(all, ({ VpcId = '' }) => VpcId);
      },
      [],
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
    this.#gateways = new Batch(
      async (vpcs) => {
        const all = readGateways(client, [{ Name: 'attachment.vpc-id', Values: [...vpcs] }], ENDLESS);
        const found = await Array.fromAsync(all);
        return new Map(found.flatMap((one) => (one.Attachments ?? []).map(({ VpcId = '' }) => [VpcId, one])));
      },
      undefined,
      MOST_KEYS,
    );
    this.#interfaces = new Batch(
      async (ids) => {
        const all = readInterfaces(client, [{ Name: 'network-interface-id', Values: [...ids] }], ENDLESS);
        return new Map((await Array.fromAsync(all)).map((one) => [one.NetworkInterfaceId ?? '', one]));
      },
      undefined,
      MOST_KEYS,
    );
  }

  /** As it was some seconds ago at most. What may not be read is unknown; what may be had later is thrown. */
  of(subnet: string, vpc: string, signal: AbortSignal): Promise<SubnetFacts> {
    return this.#facts.read(this, `${vpc}/${subnet}`, () => this.#read(subnet, vpc), signal);
  }

  /** What of a VPC may hand on packets past its Internet gateway, as something that is not known; mostly there is nothing. */
  relaysIn(vpc: string, signal: AbortSignal): Promise<Unknown | undefined> {
    return this.#relays.read(this, vpc, () => this.#readRelays(vpc), signal);
  }

  /** Is an interface shut to what comes to its IPv6 addresses from the Internet (`DenyAllIgwTraffic`)? */
  deniesGateway(id: string, signal: AbortSignal): Promise<OrUnknown<boolean>> {
    const read = async () => {
      const found = await this.#interfaces.get(id, ENDLESS);
      return found && found.DenyAllIgwTraffic === true;
    };
    return this.#denies.read(this, id, () => orUnknown(`whether ${id} is shut to the Internet`, read), signal);
  }

  async #read(id: string, vpc: string): Promise<SubnetFacts> {
    const [acl, tables, subnet, gateway, access] = await Promise.all([
      orUnknown('the network ACL of its subnet', async () => toAcl(await this.#acls.get(id, ENDLESS))),
      orUnknown(ROUTES, async () => this.#tables.get(vpc, ENDLESS)),
      orUnknown(SUBNET, () => this.#subnets.get(id, ENDLESS)),
      orUnknown(GATEWAY, async () => (await this.#gateways.get(vpc, ENDLESS)) ?? 'none'),
      this.#access.read(
        this,
        '',
        () => orUnknown(PUBLIC_ACCESS, () => readBlockPublicAccess(this.#client, ENDLESS)),
        ENDLESS,
      ),
    ]);
    const prefixes = 'is' in subnet ? toPrefixes(subnet.is) : undefined;
    return {
      acl,
      ...routesFrom(tables, id),
      prefixes: prefixes ? { is: prefixes } : { unknown: SUBNET },
      publicAccess: this.#publicAccess(subnet, gateway, access),
      ...this.#ownersRelays(subnet),
    };
  }

  /** Participants of a shared subnet are not told of its owner's interfaces ("Responsibilities and permissions for owners and participants"). */
  #ownersRelays(subnet: OrUnknown<Subnet>): Pick<SubnetFacts, 'relays'> {
    const owner = 'is' in subnet ? subnet.is.OwnerId : undefined;
    if (owner === undefined || owner === this.#client.account) return {};
    return { relays: `whom load balancers of the account ${owner}, which shares its subnet, hand on to it` };
  }

  #publicAccess(
    subnet: OrUnknown<Subnet>,
    gateway: OrUnknown<InternetGateway | 'none'>,
    access: OrUnknown<BlockPublicAccess>,
  ): OrUnknown<PublicAccess> {
    if ('is' in gateway && gateway.is === 'none') return { is: 'noGateway' };
    if ('unknown' in access || 'unknown' in subnet) return { unknown: PUBLIC_ACCESS };
    const found = publicAccessOf(access.is, subnet.is, this.#client.account);
    return 'unknown' in gateway && 'is' in found && found.is === 'on' ? gateway : found;
  }

  async #readRelays(vpc: string): Promise<Unknown | undefined> {
    const filters = [
      { Name: 'vpc-id', Values: [vpc] },
      { Name: 'interface-type', Values: RELAYING },
    ];
    const read = await orUnknown(RELAYS, () => Array.fromAsync(readInterfaces(this.#client, filters, ENDLESS)));
    if ('unknown' in read) return read.unknown;
    const names = read.is.map(({ Description, NetworkInterfaceId }) => Description || NetworkInterfaceId || '');
    return names.length === 0 ? undefined : `whom ${[...new Set(names)].sort().join(', ')} hands on to it`;
  }
}

/** The subnet's own table, or the main one of its VPC; and that of the Internet gateway. */
function routesFrom(tables: OrUnknown<readonly RouteTable[]>, subnet: string): Pick<SubnetFacts, 'routes' | 'edge'> {
  if ('unknown' in tables) return { routes: tables, edge: { unknown: EDGE } };
  const among = (is: (one: NonNullable<RouteTable['Associations']>[number]) => boolean) =>
    tables.is.find(({ Associations = [] }) => Associations.some(is));
  const own = toRoutes(among(({ SubnetId }) => SubnetId === subnet) ?? among(({ Main }) => Main === true));
  const edge = among(({ GatewayId }) => GatewayId?.startsWith('igw-') === true);
  const edgeRoutes: readonly SubnetRoute[] | undefined = edge ? toRoutes(edge) : [];
  return {
    routes: own ? { is: own } : { unknown: ROUTES },
    edge: edgeRoutes ? { is: edgeRoutes } : { unknown: EDGE },
  };
}
