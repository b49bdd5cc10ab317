/** Microsoft's clouds: each has its own Graph and its own sign-in ("National cloud deployments"). */
export type EntraCloud = 'public' | 'usGovernment' | 'usGovernmentDod' | 'china';

export interface EntraSettings {
  readonly tenantId: string;
  readonly clientId: string;
  /** Without it the default chain of @azure/identity. */
  readonly clientSecret?: string;
  readonly cloud?: EntraCloud;
  /** `mailbox`: out of office is read from mailboxes, where the right is given. */
  readonly absence?: 'none' | 'mailbox';
  /** Which of their names people have in IAM Identity Center. */
  readonly identityCenter?: 'none' | 'userPrincipalName' | 'mail';
  /** May guests be meant by groups and attributes of Entra? */
  readonly guests?: boolean;
  /** Graph of an emulator, without the version. */
  readonly graph?: string;
  /** Entra ID of the same. */
  readonly authority?: string;
  /** PEM file of an authority to trust besides the system's. */
  readonly caFile?: string;
  readonly disableInstanceDiscovery?: boolean;
}

interface Hosts {
  readonly graph: string;
  readonly authority: string;
}

const HOSTS: Readonly<Record<EntraCloud, Hosts>> = {
  public: { graph: 'https://graph.microsoft.com', authority: 'https://login.microsoftonline.com' },
  usGovernment: { graph: 'https://graph.microsoft.us', authority: 'https://login.microsoftonline.us' },
  usGovernmentDod: { graph: 'https://dod-graph.microsoft.us', authority: 'https://login.microsoftonline.us' },
  china: { graph: 'https://microsoftgraph.chinacloudapi.cn', authority: 'https://login.chinacloudapi.cn' },
};

/** Where to call and to sign in: the cloud's own hosts, unless the settings name others. */
export function hostsOf({ cloud = 'public', graph, authority }: EntraSettings): Hosts {
  const usual = HOSTS[cloud];
  return { graph: (graph ?? usual.graph).replace(/\/+$/, ''), authority: authority ?? usual.authority };
}
