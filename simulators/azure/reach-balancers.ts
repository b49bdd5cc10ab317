import { type LoadBalancer, mappedPort, type NatRule } from './balancer-model.ts';
import { configurationOf } from './balancers.ts';
import { type Nic, type Snapshot, sameId } from './model.ts';
import type { Packet } from './packet.ts';
import { vnetIdOf } from './topology-model.ts';

/** One way of a packet through a load balancer to an address of an interface. */
export interface Balanced {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly isPublic: boolean;
  /** The destination that the filters see. */
  readonly to: string;
}

/**
 * The ways to a port of an address that load balancers lead packets of that protocol: with a floating IP the machine is sent the
 * frontend's address and port, else its own.
 */
export function balancedWays(view: Snapshot, nic: Nic, index: number, packet: Packet): readonly Balanced[] {
  const configuration = configurationOf(nic, index);
  return [...view.loadBalancers.values()].flatMap((balancer) => [
    ...balancer.rules
      .filter(({ pool }) => memberOf(balancer, pool, { nic, configuration, address: packet.to }) !== undefined)
      .flatMap((rule) => lead(view, balancer, { ...rule, at: rule.frontendPort }, packet)),
    ...balancer.natRules.flatMap((rule) => {
      const at = natPort(balancer, rule, { nic, configuration, address: packet.to });
      return at === undefined ? [] : lead(view, balancer, { ...rule, at }, packet);
    }),
  ]);
}

interface Target {
  readonly nic: Nic;
  readonly configuration: string;
  readonly address: string;
}

function memberOf({ pools }: LoadBalancer, name: string, { nic, configuration, address }: Target): string | undefined {
  const pool = pools.find((one) => one.name === name);
  if (pool?.members.some((id) => sameId(id, configuration))) return configuration;
  return sameId(pool?.vnetId, vnetIdOf(nic.subnetId)) && pool?.ips.includes(address) ? address : undefined;
}

function natPort(balancer: LoadBalancer, rule: NatRule, target: Target): number | undefined {
  if ('member' in rule) return sameId(rule.member, target.configuration) ? rule.frontendPort : undefined;
  const member = memberOf(balancer, rule.pool, target);
  const pool = balancer.pools.find(({ name }) => name === rule.pool);
  return pool && member !== undefined ? mappedPort(pool, rule.firstPort, member) : undefined;
}

interface Leading {
  readonly name: string;
  readonly frontend: string;
  readonly protocol: 'Tcp' | 'Udp' | 'All';
  readonly backendPort: number;
  readonly floating?: boolean;
  readonly at: number;
}

function lead(view: Snapshot, balancer: LoadBalancer, rule: Leading, packet: Packet): readonly Balanced[] {
  if (rule.protocol !== 'All' && rule.protocol !== packet.protocol) return [];
  const behind = rule.floating ? rule.at : rule.backendPort;
  if (behind !== 0 && behind !== packet.port) return [];
  const frontend = balancer.frontends.find(({ name }) => name === rule.frontend);
  const ip = view.publicIps.get(frontend?.publicIpId?.toLowerCase() ?? '');
  const address = ip?.address ?? frontend?.privateIp;
  if (address === undefined) return [];
  const port = rule.at === 0 ? packet.port : rule.at;
  const to = rule.floating ? address : packet.to;
  return [{ name: `${balancer.name}/${rule.name}`, address, port, isPublic: ip !== undefined, to }];
}
