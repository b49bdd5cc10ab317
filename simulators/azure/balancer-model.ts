/**
 * Load balancers, as far as they lead packets to machines ("Load Balancers - List All", "Azure Load Balancer components"). Health
 * probes and outbound rules lead nothing in.
 */
export interface LoadBalancer {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly sku: 'Standard' | 'Basic' | 'Gateway';
  readonly frontends: readonly Frontend[];
  readonly pools: readonly Pool[];
  readonly rules: readonly BalancingRule[];
  readonly natRules: readonly NatRule[];
}

/** Either a public address or a private one of a subnet. */
export interface Frontend {
  readonly name: string;
  readonly publicIpId?: string;
  readonly privateIp?: string;
  readonly subnetId?: string;
  /** Id of the frontend of a gateway load balancer, whose appliances all packets go through ("Gateway Load Balancer"). */
  readonly gatewayId?: string;
}

export interface Pool {
  readonly name: string;
  /** Ids of entries of `ipConfigurations`; interfaces name the pools that they are in. */
  readonly members: readonly string[];
  /** Members by address: interfaces do not name these pools ("Manage backend pools by IP address"). */
  readonly ips: readonly string[];
  /** The network that those are in. */
  readonly vnetId?: string;
}

interface Leading {
  readonly name: string;
  readonly frontend: string;
  readonly protocol: 'Tcp' | 'Udp' | 'All';
  readonly backendPort: number;
  /** The machine gets packets as they were sent to the frontend ("Azure Load Balancer Floating IP configuration"). */
  readonly floating?: boolean;
}

export interface BalancingRule extends Leading {
  readonly pool: string;
  readonly frontendPort: number;
}

/** For one machine, or for all of a pool, each with a port of a range ("Inbound NAT rules"). */
export type NatRule = Leading &
  (
    | { readonly frontendPort: number; readonly member: string }
    | { readonly pool: string; readonly firstPort: number; readonly lastPort: number }
  );

const fail = (code: string, message: string): never => {
  throw new Error(`${code}: ${message}`);
};

/** Throws what Azure would refuse, with the code that it has for it. */
export function checkBalancer({ name, sku, frontends, pools, rules, natRules }: LoadBalancer): void {
  const known = <T extends { readonly name: string }>(all: readonly T[], wanted: string): T =>
    all.find((one) => one.name === wanted) ?? fail('InvalidResourceReference', `${name} has no ${wanted}`);
  for (const { name: frontend, publicIpId, privateIp } of frontends)
    if ((publicIpId === undefined) === (privateIp === undefined))
      fail('FrontendIPConfigurationMustHaveOneAddress', `${frontend} of ${name}`);
  for (const rule of rules) {
    known(pools, rule.pool);
    const { publicIpId } = known(frontends, rule.frontend);
    const isWhole = rule.frontendPort === 0 || rule.backendPort === 0 || rule.protocol === 'All';
    if (!isWhole) continue;
    // "High availability ports overview": for internal Standard ones only, port 0 on both sides.
    const isHa = rule.frontendPort === 0 && rule.backendPort === 0 && rule.protocol === 'All';
    if (!isHa || publicIpId !== undefined || sku === 'Basic') fail('InvalidHAPorts', `${rule.name} of ${name}`);
  }
  for (const rule of natRules) {
    known(frontends, rule.frontend);
    if ('pool' in rule) {
      const { members, ips } = known(pools, rule.pool);
      if (rule.lastPort - rule.firstPort + 1 < members.length + ips.length)
        fail('InboundNatRulePortRangeTooSmall', `${rule.name} of ${name}`);
    }
  }
  once([...rules, ...natRules].flatMap(frontendPorts), 'RulesUseSameFrontendPortProtocolAndIPConfig');
  // "Multiple frontends": one port of a pool twice takes floating IP.
  const plain = rules.filter(({ floating }) => !floating);
  once(
    plain.map(({ pool, protocol, backendPort }) => `${pool} ${protocol} ${backendPort}`),
    'RulesUseSameBackendPortProtocolAndPool',
  );
}

function frontendPorts(rule: BalancingRule | NatRule): readonly string[] {
  if (!('firstPort' in rule)) return [`${rule.frontend} ${rule.protocol} ${rule.frontendPort}`];
  const ports = Array.from({ length: rule.lastPort - rule.firstPort + 1 }, (_, i) => rule.firstPort + i);
  return ports.map((port) => `${rule.frontend} ${rule.protocol} ${port}`);
}

function once(all: readonly string[], code: string): void {
  const twice = all.find((one, i) => all.indexOf(one) !== i);
  if (twice !== undefined) fail(code, twice);
}

/** The port of a pool's member in an inbound NAT rule of that pool: the range is given out in the order of the members. */
export function mappedPort({ members, ips }: Pool, firstPort: number, member: string): number | undefined {
  const at = [...members, ...ips].findIndex((one) => one.toLowerCase() === member.toLowerCase());
  return at < 0 ? undefined : firstPort + at;
}
