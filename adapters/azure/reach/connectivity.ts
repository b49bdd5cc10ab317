import type { EffectiveConnectivityConfiguration } from '@azure/arm-network';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import type { Azure } from '../arm/context.ts';
import { type ArmId, armIds, part, partsOf } from '../arm/ids.ts';
import { unlessUnmanaged } from './or-unknown.ts';

/** Far more than a network can be in ("Azure Virtual Network Manager limits": two connected groups). */
const MOST_PAGES = 20;

/**
 * Whether network managers connect a virtual network with others without peerings ("Connectivity configurations in Azure Virtual
 * Network Manager": a mesh, or direct connectivity of a hub and spoke). Who is in such a group is told nowhere here: unknown then.
 * What a hub and spoke without it connects are peerings, which are read.
 */
export function readConnectivity(azure: Azure, vnet: ArmId, signal: AbortSignal): Promise<OrUnknown<'peerings'>> {
  const { group, name } = partsOf(vnet);
  const unknown = `which networks a network manager connects with ${name}, as that could not be read`;
  const told = { unmanaged: 'peerings', unknown } as const;
  return unlessUnmanaged(azure, vnet, told, async (site): Promise<OrUnknown<'peerings'>> => {
    let skipToken: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const { value, skipToken: next } = await site.read(signal, ({ network }, options) =>
        network.listNetworkManagerEffectiveConnectivityConfigurations(
          group,
          name,
          skipToken ? { skipToken } : {},
          options,
        ),
      );
      const meshed = (value ?? []).find(isMeshed);
      if (meshed)
        return {
          unknown: `which networks the network manager ${part(meshed.id ?? '', 'networkManagers')} connects with ${name}`,
        };
      if (!next) return { is: 'peerings' };
      skipToken = next;
    }
    return { unknown };
  });
}

function isMeshed(one: EffectiveConnectivityConfiguration): boolean {
  const { connectivityTopology, appliesToGroups, configurationGroups } = one;
  if (connectivityTopology !== 'HubAndSpoke') return true;
  const own = armIds((configurationGroups ?? []).map(({ id }) => id));
  return (appliesToGroups ?? []).some(
    ({ groupConnectivity, networkGroupId }) =>
      groupConnectivity !== 'None' && (own.length === 0 || own.includes(networkGroupId.toLowerCase())),
  );
}
