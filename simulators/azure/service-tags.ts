/** Tags of services with prefixes of their own ("Virtual network service tags"); these here are made up, and like them public. */
export const SERVICE_TAGS: Readonly<Record<string, readonly string[]>> = {
  AzureCloud: ['20.33.0.0/16', '198.51.100.64/26', '2603:1020::/32'],
  'AzureCloud.WestEurope': ['20.33.8.0/21', '2603:1020:200::/48'],
  AzureBackup: ['20.33.40.0/24'],
  GatewayManager: ['20.33.41.0/24'],
  Storage: ['20.33.50.0/23', '2603:1020:5::/48'],
  'Storage.WestEurope': ['20.33.50.0/24'],
};

/** Does the simulator know this tag in a rule? */
export function isTag(text: string): boolean {
  return ['Internet', 'VirtualNetwork', 'AzureLoadBalancer', ...Object.keys(SERVICE_TAGS)].includes(text);
}
