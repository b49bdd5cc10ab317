import { armId } from './draft.ts';
import type { ScaleSet } from './model.ts';
import { page, type Route } from './route.ts';
import type { Simulation } from './simulation.ts';
import { isNamed } from './tenant.ts';

function wire({ id, name, location, tags, orchestrationMode }: ScaleSet) {
  return {
    id,
    name,
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    location,
    tags,
    sku: { name: 'Standard_D2s_v5', tier: 'Standard', capacity: 3 },
    properties: { provisioningState: 'Succeeded', orchestrationMode },
  };
}

export function scaleSetRoutes(sim: Simulation): readonly Route[] {
  return [
    {
      area: 'arm',
      method: 'GET',
      apiVersion: '2026-04-01',
      query: ['$skiptoken'],
      operation: 'VirtualMachineScaleSets_ListAll',
      path: '/subscriptions/{subscriptionId}/providers/Microsoft.Compute/virtualMachineScaleSets',
      handle: (call) => {
        const all = [...call.view.scaleSets.values()].filter((one) => isNamed(call, one)).map(wire);
        return page(call, all, sim.behaviour.pageSize, sim.origin());
      },
    },
  ];
}

/** What people do by hand to scale sets. */
export function scaleSetHands({ world }: Simulation) {
  return {
    putScaleSet(name: string, more: Partial<Omit<ScaleSet, 'id' | 'name' | 'location'>> = {}): void {
      const { resourceGroup = 'rg-prod', tags = {}, orchestrationMode = 'Uniform' } = more;
      const id = armId(resourceGroup, 'Microsoft.Compute/virtualMachineScaleSets', name);
      world.put('scaleSets', { id, name, resourceGroup, location: 'westeurope', tags, orchestrationMode });
    },
  };
}
