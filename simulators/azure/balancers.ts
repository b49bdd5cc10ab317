import { type LoadBalancer, mappedPort, type NatRule, type Pool } from './balancer-model.ts';
import { type Nic, type Snapshot, sameId } from './model.ts';
import { GROUP, named, read, reads, ref } from './read-routes.ts';
import type { Route } from './route.ts';
import type { Simulation } from './simulation.ts';

const done = { provisioningState: 'Succeeded' } as const;
const TYPE = 'Microsoft.Network/loadBalancers';

/** Id of an address of an interface. */
export function configurationOf(nic: Nic, index: number): string {
  return `${nic.id}/ipConfigurations/ipconfig${index + 1}`;
}

const within = (balancer: LoadBalancer, kind: string, name: string) => `${balancer.id}/${kind}/${name}`;

/** What an interface says of the load balancers that lead to one of its addresses: nothing of pools by address. */
export function wireMembership(view: Snapshot, configuration: string) {
  const all = [...view.loadBalancers.values()];
  const pools = all.flatMap((one) =>
    one.pools
      .filter(({ members }) => members.some((id) => sameId(id, configuration)))
      .map(({ name }) => ref(within(one, 'backendAddressPools', name))),
  );
  const rules = all.flatMap((one) =>
    one.natRules
      .filter((rule) => leadsTo(one, rule, configuration))
      .map(({ name }) => ref(within(one, 'inboundNatRules', name))),
  );
  return {
    ...(pools.length > 0 ? { loadBalancerBackendAddressPools: pools } : {}),
    ...(rules.length > 0 ? { loadBalancerInboundNatRules: rules } : {}),
  };
}

function leadsTo({ pools }: LoadBalancer, rule: NatRule, configuration: string): boolean {
  if ('member' in rule) return sameId(rule.member, configuration);
  return pools.some(({ name, members }) => name === rule.pool && members.some((id) => sameId(id, configuration)));
}

function wirePool(balancer: LoadBalancer, pool: Pool) {
  const mapped = (member: string) =>
    balancer.natRules.flatMap((rule) =>
      'pool' in rule && rule.pool === pool.name
        ? [
            {
              inboundNatRuleName: rule.name,
              frontendPort: mappedPort(pool, rule.firstPort, member),
              backendPort: rule.backendPort,
            },
          ]
        : [],
    );
  return {
    id: within(balancer, 'backendAddressPools', pool.name),
    name: pool.name,
    properties: {
      ...done,
      ...(pool.members.length > 0 ? { backendIPConfigurations: pool.members.map(ref) } : {}),
      loadBalancerBackendAddresses: [
        ...pool.members.map((id, i) => ({
          name: `member-${i}`,
          properties: { networkInterfaceIPConfiguration: ref(id), inboundNatRulesPortMapping: mapped(id) },
        })),
        ...pool.ips.map((ipAddress, i) => ({
          name: `address-${i}`,
          properties: { ipAddress, virtualNetwork: ref(pool.vnetId), inboundNatRulesPortMapping: mapped(ipAddress) },
        })),
      ],
    },
  };
}

function wireLeading(balancer: LoadBalancer, rule: LoadBalancer['rules'][number] | NatRule) {
  return {
    ...done,
    frontendIPConfiguration: ref(within(balancer, 'frontendIPConfigurations', rule.frontend)),
    protocol: rule.protocol,
    backendPort: rule.backendPort,
    enableFloatingIP: rule.floating ?? false,
    idleTimeoutInMinutes: 4,
    ...('pool' in rule ? { backendAddressPool: ref(within(balancer, 'backendAddressPools', rule.pool)) } : {}),
    ...('member' in rule ? { backendIPConfiguration: ref(rule.member) } : {}),
    ...('firstPort' in rule
      ? { frontendPort: 0, frontendPortRangeStart: rule.firstPort, frontendPortRangeEnd: rule.lastPort }
      : { frontendPort: rule.frontendPort }),
  };
}

function wire(balancer: LoadBalancer) {
  const { id, name, location, sku, frontends, pools, rules, natRules } = balancer;
  return {
    id,
    name,
    type: TYPE,
    location,
    sku: { name: sku, tier: 'Regional' },
    properties: {
      ...done,
      frontendIPConfigurations: frontends.map((one) => ({
        id: within(balancer, 'frontendIPConfigurations', one.name),
        name: one.name,
        properties: {
          ...done,
          privateIPAddress: one.privateIp,
          privateIPAddressVersion: one.privateIp?.includes(':') ? 'IPv6' : 'IPv4',
          privateIPAllocationMethod: one.privateIp === undefined ? 'Dynamic' : 'Static',
          subnet: ref(one.subnetId),
          publicIPAddress: ref(one.publicIpId),
          gatewayLoadBalancer: ref(one.gatewayId),
        },
      })),
      backendAddressPools: pools.map((pool) => wirePool(balancer, pool)),
      loadBalancingRules: rules.map((rule) => ({
        id: within(balancer, 'loadBalancingRules', rule.name),
        name: rule.name,
        properties: wireLeading(balancer, rule),
      })),
      inboundNatRules: natRules.map((rule) => ({
        id: within(balancer, 'inboundNatRules', rule.name),
        name: rule.name,
        properties: wireLeading(balancer, rule),
      })),
      probes: [],
      outboundRules: [],
    },
  };
}

/** The reads of load balancers, in the api-version of arm-network 39. */
export function balancerRoutes(sim: Simulation): readonly Route[] {
  return [
    ...reads(sim, {
      operations: 'LoadBalancers',
      type: 'loadBalancers',
      parameter: 'loadBalancerName',
      items: (view) => view.loadBalancers,
      wire: (_, balancer) => wire(balancer),
    }),
    read(
      'NetworkInterfaceLoadBalancers_List',
      `${GROUP}/networkInterfaces/{networkInterfaceName}/loadBalancers`,
      (call) => {
        const nic = named(call, call.view.nics, 'networkInterfaces', call.param('networkInterfaceName'));
        const own = nic.addresses.map((_, i) => configurationOf(nic, i));
        const leading = [...call.view.loadBalancers.values()].filter((one) =>
          own.some(
            (id) =>
              one.pools.some(({ members }) => members.some((member) => sameId(member, id))) ||
              one.natRules.some((rule) => leadsTo(one, rule, id)),
          ),
        );
        return { value: leading.map(wire) };
      },
    ),
  ];
}
