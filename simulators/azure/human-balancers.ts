import { checkBalancer, type Frontend, type LoadBalancer, type NatRule, type Pool } from './balancer-model.ts';
import { configurationOf } from './balancers.ts';
import { armId } from './draft.ts';
import type { Nic, Snapshot } from './model.ts';
import type { Simulation } from './simulation.ts';

type Pick = <T extends { readonly id: string; readonly name: string }>(
  all: (view: Snapshot) => ReadonlyMap<string, T>,
  name: string,
) => T;

/** A load balancer in short; members are names of interfaces, whose first address is meant. */
export interface BalancerSpec {
  readonly name: string;
  /** `rg-prod` by default. */
  readonly resourceGroup?: string;
  readonly sku?: LoadBalancer['sku'];
  readonly frontends: readonly {
    readonly name: string;
    readonly publicIp?: string;
    readonly privateIp?: string;
    readonly gatewayId?: string;
  }[];
  readonly pools?: readonly {
    readonly name: string;
    readonly nics?: readonly string[];
    readonly ips?: readonly string[];
  }[];
  readonly rules?: LoadBalancer['rules'];
  readonly natRules?: readonly (NatRule | (Omit<Extract<NatRule, { member: string }>, 'member'> & { nic: string }))[];
}

/** What people do by hand to load balancers; `pick` finds what they name. */
export function createBalancerHands({ world }: Simulation, pick: Pick) {
  const nicOf = (name: string): Nic => pick((view) => view.nics, name);
  return {
    /** Makes a load balancer, or writes it anew; throws what Azure would refuse. */
    putLoadBalancer(spec: BalancerSpec): void {
      const { name, resourceGroup = 'rg-prod', sku = 'Standard' } = spec;
      const home = { resourceGroup, location: 'westeurope' };
      const id = armId(resourceGroup, 'Microsoft.Network/loadBalancers', name);
      const frontends = spec.frontends.map((one): Frontend => {
        const { publicIp: address, ...frontend } = one;
        if (address === undefined) return frontend;
        const ipName = `${name}-${one.name}-ip`;
        const publicIpId = armId(resourceGroup, 'Microsoft.Network/publicIPAddresses', ipName);
        const configurationId = `${id}/frontendIPConfigurations/${one.name}`;
        world.put('publicIps', { id: publicIpId, name: ipName, address, configurationId, ...home });
        return { ...frontend, publicIpId };
      });
      const [vnet] = [...world.current.vnets.values()];
      const pools = (spec.pools ?? []).map(({ name: pool, nics = [], ips = [] }): Pool => {
        const members = nics.map((nic) => configurationOf(nicOf(nic), 0));
        return { name: pool, members, ips, ...(ips.length > 0 && vnet ? { vnetId: vnet.id } : {}) };
      });
      const natRules = (spec.natRules ?? []).map((rule): NatRule => {
        if (!('nic' in rule)) return rule;
        const { nic, ...rest } = rule;
        return { ...rest, member: configurationOf(nicOf(nic), 0) };
      });
      const made = { id, name, sku, frontends, pools, rules: spec.rules ?? [], natRules, ...home };
      checkBalancer(made);
      world.put('loadBalancers', made);
    },
    deleteLoadBalancer(name: string): void {
      world.remove('loadBalancers', pick((view) => view.loadBalancers, name).id);
    },
  };
}
