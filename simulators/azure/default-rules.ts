import type { RuleProperties } from './model.ts';

interface DefaultRule {
  readonly name: string;
  readonly properties: RuleProperties;
}

function fixed(
  name: string,
  description: string,
  direction: RuleProperties['direction'],
  access: RuleProperties['access'],
  priority: number,
  source: string,
  destination: string,
): DefaultRule {
  const any = { protocol: '*', sourcePortRange: '*', destinationPortRange: '*' };
  const addresses = { sourceAddressPrefix: source, destinationAddressPrefix: destination };
  return { name, properties: { description, ...any, ...addresses, access, priority, direction } };
}

/** The rules that every network security group has and nobody can change (network-security-groups-overview). */
export const defaultRules: readonly DefaultRule[] = [
  fixed(
    'AllowVnetInBound',
    'Allow inbound traffic from all VMs in VNET',
    'Inbound',
    'Allow',
    65000,
    'VirtualNetwork',
    'VirtualNetwork',
  ),
  fixed(
    'AllowAzureLoadBalancerInBound',
    'Allow inbound traffic from azure load balancer',
    'Inbound',
    'Allow',
    65001,
    'AzureLoadBalancer',
    '*',
  ),
  fixed('DenyAllInBound', 'Deny all inbound traffic', 'Inbound', 'Deny', 65500, '*', '*'),
  fixed(
    'AllowVnetOutBound',
    'Allow outbound traffic from all VMs to all VMs in VNET',
    'Outbound',
    'Allow',
    65000,
    'VirtualNetwork',
    'VirtualNetwork',
  ),
  fixed(
    'AllowInternetOutBound',
    'Allow outbound traffic from all VMs to Internet',
    'Outbound',
    'Allow',
    65001,
    '*',
    'Internet',
  ),
  fixed('DenyAllOutBound', 'Deny all outbound traffic', 'Outbound', 'Deny', 65500, '*', '*'),
];
