import { SUBSCRIPTION_ID } from '../world.ts';
import type { Tables } from './model.ts';

/** A subscription that is being built: the tables before anything is kept of their past. */
export type Draft = { readonly [T in keyof Tables]: Map<string, Tables[T]> };

export function newDraft(): Draft {
  return {
    vms: new Map(),
    nics: new Map(),
    subnets: new Map(),
    publicIps: new Map(),
    nsgs: new Map(),
    policies: new Map(),
    requests: new Map(),
    pricings: new Map(),
    vnets: new Map(),
    routeTables: new Map(),
    firewalls: new Map(),
    firewallPolicies: new Map(),
    ruleGroups: new Map(),
    ipGroups: new Map(),
    bastions: new Map(),
    loadBalancers: new Map(),
    applicationGroups: new Map(),
    adminRules: new Map(),
    connectivities: new Map(),
    scaleSets: new Map(),
    locks: new Map(),
  };
}

/** Puts an entity into its table unless one with its id is there; answers the id. */
export function keep<T extends { readonly id: string }>(table: Map<string, T>, entity: T): string {
  if (!table.has(entity.id.toLowerCase())) table.set(entity.id.toLowerCase(), entity);
  return entity.id;
}

/** Id of a resource of the simulated subscription (`type` as in `Microsoft.Network/networkSecurityGroups`). */
export function armId(resourceGroup: string, type: string, name: string): string {
  return `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/${resourceGroup}/providers/${type}/${name}`;
}
