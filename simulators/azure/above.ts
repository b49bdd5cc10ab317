import { TENANT_ID } from '../world.ts';
import { page, type Route } from './route.ts';
import type { Simulation } from './simulation.ts';
import { isMember } from './tenant.ts';

const VERSION = '2022-12-01';

/** Tenants and subscriptions that the caller has a role in ("Tenants - List", "Subscriptions - List"). */
export function aboveRoutes(sim: Simulation): readonly Route[] {
  const common = { area: 'arm', method: 'GET', apiVersion: VERSION, query: ['$skiptoken'] } as const;
  return [
    {
      ...common,
      operation: 'Tenants_List',
      path: '/tenants',
      handle: (call) => {
        const own = { id: `/tenants/${TENANT_ID}`, tenantId: TENANT_ID, tenantCategory: 'Home' };
        return page(call, [{ ...own, displayName: 'Drawbridge demo' }], sim.behaviour.pageSize, sim.origin());
      },
    },
    {
      ...common,
      operation: 'Subscriptions_List',
      path: '/subscriptions',
      handle: (call) => {
        const own = [...sim.subscriptions.keys()].filter((id) => isMember(sim, call.caller, id));
        const all = own.map((id) => ({
          id: `/subscriptions/${id}`,
          subscriptionId: id,
          tenantId: sim.behaviour.ownerTenant,
          displayName: id === sim.subscriptionId ? 'Production' : 'Other',
          state: 'Enabled',
        }));
        return page(call, all, sim.behaviour.pageSize, sim.origin());
      },
    },
  ];
}
