import type {
  BackendAddressPool,
  FrontendIPConfiguration,
  InboundNatRule,
  LoadBalancer,
  LoadBalancerBackendAddress,
  LoadBalancingRule,
} from '@azure/arm-network';
import type { Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import { type ArmId, armIds, part } from '../arm/ids.ts';
import type { NicAddress } from '../arm/machine.ts';
import { vnetOf } from '../arm/virtual-networks.ts';
import { balancerOf, type Fronts } from './fronts.ts';
import type { Forwarding } from './model.ts';

/** What leads to an address of an interface from elsewhere. */
interface Leading {
  readonly forwarded: readonly Forwarding[];
  /** What may lead to it, too, and could not be read. */
  readonly mayLead: readonly Unknown[];
}

/**
 * The load balancing rules and inbound NAT rules that lead to an address: those of pools that it is in, by its interface or by its
 * address, and those for it alone ("Azure Load Balancer components"; "Inbound NAT rules").
 */
export function leadingTo(address: NicAddress, { balancers, addresses, unread }: Fronts): Leading {
  const found = balancers.flatMap((balancer) => leadsOf(balancer, address, addresses));
  const read = new Set(balancers.map(({ id }) => (id ?? '').toLowerCase()));
  const missing = address.leads.filter((id) => !read.has(balancerId(id)));
  const causes = [
    ...found.flatMap((one) => ('unknown' in one ? [one.unknown] : [])),
    ...new Set(missing.map((id) => `the load balancer ${balancerOf(id)}, which could not be read`)),
    ...unread,
  ];
  return { forwarded: found.flatMap((one) => ('is' in one ? [one.is] : [])), mayLead: causes };
}

function balancerId(id: ArmId): ArmId {
  return id.toLowerCase().replace(/(\/loadbalancers\/[^/]+)\/.*$/, '$1');
}

type Rule = LoadBalancingRule & InboundNatRule;

/** A pool that an address is in, and what the pool says of it. */
interface Membership {
  readonly pool: ArmId;
  readonly isOnly: boolean;
  readonly member?: LoadBalancerBackendAddress;
}

interface Applying {
  readonly rule: LoadBalancingRule | InboundNatRule;
  readonly membership?: Membership;
}

function leadsOf(
  balancer: LoadBalancer,
  address: NicAddress,
  addresses: Fronts['addresses'],
): readonly OrUnknown<Forwarding>[] {
  const { name = '', sku, backendAddressPools, loadBalancingRules, inboundNatRules } = balancer;
  const memberships = (backendAddressPools ?? []).flatMap((pool) => membershipOf(pool, address));
  const balancing = (loadBalancingRules ?? []).flatMap((rule): readonly Applying[] => {
    const pools = armIds([rule.backendAddressPool?.id, ...(rule.backendAddressPools ?? []).map(({ id }) => id)]);
    return memberships.filter(({ pool }) => pools.includes(pool)).map((membership) => ({ rule, membership }));
  });
  const translating = (inboundNatRules ?? []).flatMap((rule): readonly Applying[] => {
    const pool = rule.backendAddressPool?.id?.toLowerCase();
    if (pool) return memberships.filter((one) => one.pool === pool).map((membership) => ({ rule, membership }));
    const isOwn =
      rule.backendIPConfiguration?.id?.toLowerCase() === address.id ||
      address.leads.includes((rule.id ?? '').toLowerCase());
    return isOwn ? [{ rule }] : [];
  });
  const leading = [...balancing, ...translating];
  // What such a one sends to its appliances is wrapped, and for others ("Gateway Load Balancer").
  if (sku?.name === 'Gateway')
    return leading.length > 0 ? [{ unknown: `what the gateway load balancer ${name} sends to it` }] : [];
  return leading.map(({ rule, membership }) => toForwarding(rule, { balancer, membership, addresses }));
}

function membershipOf(pool: BackendAddressPool, { id, address, leads, subnet }: NicAddress): readonly Membership[] {
  const all = pool.loadBalancerBackendAddresses ?? [];
  const isHere = (one: LoadBalancerBackendAddress) => {
    const vnet = one.virtualNetwork?.id ?? pool.virtualNetwork?.id ?? (one.subnet?.id && vnetOf(one.subnet.id));
    return one.ipAddress === address && (!vnet || vnet.toLowerCase() === vnetOf(subnet));
  };
  const member = all.find((one) => one.networkInterfaceIPConfiguration?.id?.toLowerCase() === id || isHere(one));
  const poolId = (pool.id ?? '').toLowerCase();
  const byInterface = armIds((pool.backendIPConfigurations ?? []).map((one) => one.id));
  if (!member && !leads.includes(poolId) && !byInterface.includes(id)) return [];
  const size = Math.max(all.length, byInterface.length);
  return [{ pool: poolId, isOnly: size <= 1, ...(member ? { member } : {}) }];
}

interface Place {
  readonly balancer: LoadBalancer;
  readonly membership: Membership | undefined;
  readonly addresses: Fronts['addresses'];
}

/** A rule that lacks what decides is not read as if it had it. */
function toForwarding(
  rule: LoadBalancingRule | InboundNatRule,
  { balancer, membership, addresses }: Place,
): OrUnknown<Forwarding> {
  const { name: of = '', sku, frontendIPConfigurations } = balancer;
  const { name: own = '', enableFloatingIP: floating = false, protocol, backendPort, ...rest }: Rule = rule;
  const name = `${of}/${own}`;
  const unknown = `the rule ${own} of the load balancer ${of}, which cannot be read`;
  const wanted = rest.frontendIPConfiguration?.id?.toLowerCase();
  const frontend = (frontendIPConfigurations ?? []).find(({ id }) => id?.toLowerCase() === wanted);
  const known = PROTOCOLS[protocol?.toLowerCase() ?? ''];
  const place = frontend && placeOf(frontend, addresses);
  const ports = portsOf({ ...rest, name: own }, membership?.member);
  if (!place || !known || !ports || (backendPort === undefined && !floating)) return { unknown };
  // The machine gets it as it was sent to the frontend: without its address nobody can tell which rules take it.
  if (floating && (!place.isRead || ports.last !== undefined)) return { unknown };
  const doubt = doubtOf(rule, { of, frontend, member: membership?.member });
  return {
    is: {
      name,
      protocol: known,
      frontend: { address: place.address, isPublic: place.isPublic },
      frontendPort: ports.first,
      ...(ports.last === undefined ? {} : { lastFrontendPort: ports.last }),
      backendPort: backendPort ?? ports.first,
      floating,
      sku: (sku?.name ?? 'Basic') === 'Basic' ? 'basic' : 'standard',
      ...(doubt === undefined ? {} : { doubt }),
      ...(membership && !membership.isOnly && isShared(rule) ? { isShared: true } : {}),
    },
  };
}

const PROTOCOLS: Readonly<Record<string, Forwarding['protocol']>> = { tcp: 'tcp', udp: 'udp', all: '*' };

/** A load balancing rule leads to some member of its pool, an inbound NAT rule to one. */
function isShared(rule: LoadBalancingRule | InboundNatRule): boolean {
  return /\/loadBalancingRules\//i.test(rule.id ?? '');
}

/** An inbound NAT rule of a pool gives a port of its range to each member, and the pool tells which. */
function portsOf(
  { frontendPort, frontendPortRangeStart: first, frontendPortRangeEnd: last, name }: Partial<Rule>,
  member: LoadBalancerBackendAddress | undefined,
): { readonly first: number; readonly last?: number } | undefined {
  if (!first || !last) return frontendPort === undefined ? undefined : { first: frontendPort };
  const mapped = (member?.inboundNatRulesPortMapping ?? []).find((one) => one.inboundNatRuleName === name);
  if (mapped?.frontendPort) return { first: mapped.frontendPort };
  return first === last ? { first } : { first, last };
}

function placeOf(frontend: FrontendIPConfiguration, addresses: Fronts['addresses']) {
  const id = (frontend.publicIPAddress?.id ?? frontend.publicIPPrefix?.id)?.toLowerCase();
  const { privateIPAddress: own } = frontend;
  if (id === undefined) return own ? { address: own, isPublic: false, isRead: true } : undefined;
  const address = addresses.get(id);
  return { address: address ?? (part(id, 'publicIPAddresses') || 'its address'), isPublic: true, isRead: !!address };
}

/** Why packets may not come through although the rule leads them. */
function doubtOf(
  { provisioningState, name = '' }: LoadBalancingRule | InboundNatRule,
  at: {
    readonly of: string;
    readonly frontend: FrontendIPConfiguration;
    readonly member: LoadBalancerBackendAddress | undefined;
  },
): Unknown | undefined {
  const gateway = at.frontend.gatewayLoadBalancer?.id;
  if (gateway) return `what the gateway load balancer ${balancerOf(gateway)} lets through`;
  if (at.member?.adminState?.toLowerCase() === 'down')
    return `whether ${at.of} sends it connections, as it is set to Down there`;
  if ((provisioningState ?? 'Succeeded') !== 'Succeeded') return `whether the rule ${name} of ${at.of} is in force yet`;
  return undefined;
}
