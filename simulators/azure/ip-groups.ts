import { badRequest } from './errors.ts';
import type { IpGroup } from './firewall-model.ts';
import { type Snapshot, sameId } from './model.ts';
import { reads } from './read-routes.ts';
import type { Route } from './route.ts';
import type { Simulation } from './simulation.ts';

/** The reads of IP groups ("IP Groups in Azure Firewall"). */
export function ipGroupRoutes(sim: Simulation): readonly Route[] {
  return reads<IpGroup>(sim, {
    operations: 'IpGroups',
    type: 'ipGroups',
    parameter: 'ipGroupsName',
    lists: ['List', 'ListByResourceGroup'],
    items: (view) => view.ipGroups,
    wire: (_, { id, name, location, addresses }) => ({
      id,
      name,
      type: 'Microsoft.Network/ipGroups',
      location,
      properties: { provisioningState: 'Succeeded', ipAddresses: addresses },
    }),
  });
}

interface Grouped {
  readonly name: string;
  readonly sourceIpGroups?: readonly string[] | undefined;
  readonly destinationIpGroups?: readonly string[] | undefined;
}

/** What the groups of a rule hold. */
export function addressesOf(view: Snapshot, ids: readonly string[] = []): readonly string[] {
  const groups = [...view.ipGroups.values()];
  return ids.flatMap((id) => groups.find((one) => sameId(one.id, id))?.addresses ?? []);
}

/** Refuses rules that name a group that is not there. */
export function checkIpGroups(view: Snapshot, rules: readonly Grouped[]): void {
  for (const { name, sourceIpGroups = [], destinationIpGroups = [] } of rules)
    for (const id of [...sourceIpGroups, ...destinationIpGroups])
      if (!view.ipGroups.has(id.toLowerCase()))
        throw badRequest(`Rule '${name}' names the IP group ${id}, which was not found.`, 'InvalidResourceReference');
}
