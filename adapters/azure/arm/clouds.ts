/** Azure's clouds. Each has its own sign-in, and its own Resource Manager, which tokens are made for. */
export type AzureCloud = 'public' | 'usGovernment' | 'china';

interface Hosts {
  readonly resourceManager: string;
  readonly authority: string;
}

/** "National clouds" and the types of @azure/identity (`AzureAuthorityHosts`). */
const HOSTS: Readonly<Record<AzureCloud, Hosts>> = {
  public: { resourceManager: 'https://management.azure.com', authority: 'https://login.microsoftonline.com' },
  usGovernment: {
    resourceManager: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
  },
  china: { resourceManager: 'https://management.chinacloudapi.cn', authority: 'https://login.chinacloudapi.cn' },
};

/** Where to call and to sign in: the cloud's own hosts, unless the settings name others (an emulator). */
export function hostsOf({
  cloud = 'public',
  ...own
}: { readonly cloud?: AzureCloud } & { readonly [K in keyof Hosts]?: Hosts[K] | undefined }): Hosts {
  const { resourceManager, authority } = HOSTS[cloud];
  return { resourceManager: own.resourceManager ?? resourceManager, authority: own.authority ?? authority };
}
