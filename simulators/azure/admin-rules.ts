import { sameId } from './model.ts';
import { NETWORK_API } from './operations.ts';
import { GROUP, named } from './read-routes.ts';
import type { Route } from './route.ts';
import type { AdminRule, Connectivity } from './topology-model.ts';

const prefixItems = (words: readonly string[]) =>
  words.map((addressPrefix) => ({
    addressPrefix,
    addressPrefixType: /^[A-Za-z]/.test(addressPrefix) ? 'ServiceTag' : 'IPPrefix',
  }));

function wireRule({ id, access, priority, protocol, sources, destinations = ['*'], ports }: AdminRule) {
  return {
    id,
    kind: 'Custom',
    ruleCollectionAppliesToGroups: [{ networkGroupId: `${id.replace(/\/securityAdmin.*$/, '')}/networkGroups/all` }],
    ruleGroups: [],
    properties: {
      provisioningState: 'Succeeded',
      access,
      priority,
      protocol: protocol === '*' ? 'Any' : protocol,
      direction: 'Inbound',
      sources: prefixItems(sources),
      destinations: prefixItems(destinations),
      sourcePortRanges: ['0-65535'],
      destinationPortRanges: ports.map((text) => (text === '*' ? '0-65535' : text)),
    },
  };
}

function wireConnectivity({ id, topology, isDirect, vnetIds }: Connectivity) {
  const networkGroupId = `${id.replace(/\/connectivityConfigurations\/.*$/, '')}/networkGroups/all`;
  const groupConnectivity = topology === 'Mesh' || isDirect ? 'DirectlyConnected' : 'None';
  return {
    id,
    configurationGroups: [{ id: networkGroupId, properties: { provisioningState: 'Succeeded' } }],
    properties: {
      provisioningState: 'Succeeded',
      connectivityTopology: topology,
      hubs: topology === 'Mesh' ? [] : [{ resourceId: vnetIds[0], resourceType: 'Microsoft.Network/virtualNetworks' }],
      isGlobal: 'False',
      deleteExistingPeering: 'False',
      appliesToGroups: [{ networkGroupId, groupConnectivity, useHubGateway: 'False', isGlobal: 'False' }],
    },
  };
}

/**
 * The connectivity configurations ("Network Manager Effective Connectivity Configurations - List"), and the security admin rules that apply to a virtual network ("Network Manager Effective Security Admin Rules - List"): a POST,
 * whose pages are asked for by a token in the body.
 */
export function adminRuleRoutes(): readonly Route[] {
  return [
    {
      operation: 'ListNetworkManagerEffectiveSecurityAdminRules',
      area: 'arm',
      method: 'POST',
      path: `${GROUP}/virtualNetworks/{virtualNetworkName}/listNetworkManagerEffectiveSecurityAdminRules`,
      apiVersion: NETWORK_API,
      handle: (call) => {
        const vnet = named(call, call.view.vnets, 'virtualNetworks', call.param('virtualNetworkName'));
        const rules = [...call.view.adminRules.values()].filter(({ vnetIds }) =>
          vnetIds.some((id) => sameId(id, vnet.id)),
        );
        return { status: 200, body: { value: rules.map(wireRule) } };
      },
    },
    {
      operation: 'ListNetworkManagerEffectiveConnectivityConfigurations',
      area: 'arm',
      method: 'POST',
      path: `${GROUP}/virtualNetworks/{virtualNetworkName}/listNetworkManagerEffectiveConnectivityConfigurations`,
      apiVersion: NETWORK_API,
      handle: (call) => {
        const vnet = named(call, call.view.vnets, 'virtualNetworks', call.param('virtualNetworkName'));
        const all = [...call.view.connectivities.values()].filter(({ vnetIds }) =>
          vnetIds.some((id) => sameId(id, vnet.id)),
        );
        return { status: 200, body: { value: all.map(wireConnectivity) } };
      },
    },
  ];
}
