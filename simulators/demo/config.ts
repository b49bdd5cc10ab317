import { stringify } from 'yaml';
import type { OidcSimulator } from '../oidc/index.ts';
import { AWS_ACCOUNT_ID, AWS_REGION, addresses, channels, people } from '../world.ts';
import type { Services } from './services.ts';

/** `firewall`: rules of our own, with a firewall in front of the machine. */
export const AZURE_BACKENDS = ['defender', 'nsg', 'firewall'] as const;
export type AzureBackend = (typeof AZURE_BACKENDS)[number];

export interface DemoSettings {
  /** Where Redis, the mark key and the certificate of the simulators live. */
  readonly folder: string;
  /** The port of the program; 0 lets the system choose. */
  readonly port: number;
  /** The shortest lease, as a duration in words. */
  readonly shortest: string;
  readonly appendfsync: 'everysec' | 'always';
  readonly slackMode?: 'http' | 'socket';
  /** How ports are opened in Azure; `defender` unless told. */
  readonly azureBackend?: AzureBackend;
  /** A Redis that is not the program's own. */
  readonly redisUrl?: string;
  /** Several programs on one Redis share one; else it is in `folder`. */
  readonly undoFolder?: string;
  /** Machines with this value of the tag `team` are sandboxes for drills. */
  readonly drillTeam?: string;
  /** The board, served at this address, and who signs people in to it. */
  readonly board?: { readonly url: string; readonly provider: OidcSimulator };
  /** The port of the machine that `jit ssh` gets to; without it there is none. */
  readonly shellPort?: number;
  /** Secrets of the chats and of Azure are in Secrets Manager and Key Vault, and not in the environment. */
  readonly inStores?: boolean;
  /** Act as the user instead of a role: sessions of roles end on the clouds' clock, which a test moves by hours. */
  readonly withoutRole?: boolean;
}

/** A whole drawbridge.yaml for the simulated world: the same settings as for the real services, with other URLs. */
export function demoConfig({ slack, teams, azure, aws }: Services, settings: DemoSettings): string {
  const { requester, colleague, manager, security } = people;
  const policy = { approvers: ['manager', 'group:security'], tell: ['vm-access-slack', 'vm-access-teams'] };
  const at = settings.inStores ? storedAt({ azure, aws }) : IN_ENVIRONMENT;
  return stringify({
    installation: 'demo',
    redis: settings.redisUrl
      ? { url: settings.redisUrl }
      : { dataDir: `${settings.folder}/redis`, appendfsync: settings.appendfsync },
    http: { host: '127.0.0.1', port: settings.port },
    lease: { shortest: settings.shortest },
    marks: {
      keyFile: `${settings.folder}/mark-key`,
      ...(settings.redisUrl ? { keys: [{ id: 'k1', secret: 'env:MARK_KEY' }] } : {}),
    },
    ...(settings.board ? boardOf(settings.board) : {}),
    audit: { spool: `${settings.folder}/spool` },
    undo: { folder: settings.undoFolder ?? `${settings.folder}/undo` },
    slack: {
      mode: settings.slackMode ?? 'http',
      botToken: at.SLACK_BOT_TOKEN,
      signingSecret: at.SLACK_SIGNING_SECRET,
      appToken: 'env:SLACK_APP_TOKEN',
      teamId: slack.teamId,
      appId: slack.appId,
      apiUrl: slack.apiUrl,
    },
    teams: {
      appId: teams.appId,
      appPassword: at.TEAMS_APP_PASSWORD,
      tenantId: teams.tenantId,
      serviceUrl: teams.serviceUrl,
      serviceUrls: [teams.serviceUrl],
      loginUrl: teams.authorityHost,
      caFile: `${settings.folder}/teams-ca.pem`,
      oauthScope: teams.toChannelScope,
      openIdMetadataUrl: teams.openIdMetadataUrl,
      tokenIssuer: teams.issuer,
    },
    azure: {
      tenantId: azure.tenantId,
      clientId: azure.clientId,
      clientSecret: at.AZURE_CLIENT_SECRET,
      subscriptions: [{ id: azure.subscriptionId }],
      // A firewall is found by itself.
      backend: settings.azureBackend === 'firewall' ? 'nsg' : (settings.azureBackend ?? 'defender'),
      resourceManager: azure.url,
      authority: azure.authority,
      caFile: `${settings.folder}/azure-ca.pem`,
      disableInstanceDiscovery: true,
    },
    aws: {
      accounts: [
        {
          id: AWS_ACCOUNT_ID,
          regions: [AWS_REGION],
          ...(settings.withoutRole ? {} : { role: role(aws.roleArn), onboarder: role(aws.onboarderArn) }),
        },
      ],
      endpoint: aws.url,
      accessKeyId: 'env:AWS_ACCESS_KEY_ID',
      secretAccessKey: 'env:AWS_SECRET_ACCESS_KEY',
    },
    people: [
      person(requester, { manager: manager.id, address: addresses.requester, prefers: 'slack' }),
      person(colleague, { manager: manager.id, address: addresses.colleague, prefers: 'slack' }),
      person(manager, { prefers: 'teams' }),
      person(security, { prefers: 'teams' }),
    ],
    groups: { engineers: [requester.id, colleague.id], security: [security.id] },
    places: { 'vm-access-slack': { slack: channels.slack.id }, 'vm-access-teams': { teams: channels.teams.id } },
    // Two: what opens machines to the internet takes a second person.
    protectors: ['group:security', `person:${manager.id}`],
    security: ['group:security'],
    ...(settings.drillTeam ? { drill: { tag: { team: settings.drillTeam }, length: '45s' } } : {}),
    policies: [
      {
        name: 'production',
        who: ['group:engineers'],
        machines: { tags: { env: 'prod' } },
        ports: ['ssh', 'rdp', 'winrm'],
        widestSource: { ipv4: 28, ipv6: 64 },
        longest: '4h',
        ...policy,
      },
    ],
  });
}

/** What may be in a store. */
export const STORED = ['SLACK_BOT_TOKEN', 'SLACK_SIGNING_SECRET', 'TEAMS_APP_PASSWORD', 'AZURE_CLIENT_SECRET'] as const;
type Places = Readonly<Record<(typeof STORED)[number], string>>;

const IN_ENVIRONMENT = Object.fromEntries(STORED.map((name) => [name, `env:${name}`])) as Places;
const IN_MANAGER = 'drawbridge/demo';
const IN_VAULT = 'teams-app-password';

/** Puts them there as they are now. */
export function keepInStores(services: Services): void {
  const { SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, AZURE_CLIENT_SECRET, TEAMS_APP_PASSWORD = '' } = demoSecrets(services);
  const text = JSON.stringify({ SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, AZURE_CLIENT_SECRET });
  services.aws.secretsManager.set(IN_MANAGER, text);
  services.azure.vault.set(IN_VAULT, TEAMS_APP_PASSWORD);
}

function storedAt({ azure, aws }: Pick<Services, 'azure' | 'aws'>): Places {
  const inManager = (name: string) => `secretsManager:${aws.secretsManager.arnOf(IN_MANAGER)}#${name}`;
  return {
    SLACK_BOT_TOKEN: inManager('SLACK_BOT_TOKEN'),
    SLACK_SIGNING_SECRET: inManager('SLACK_SIGNING_SECRET'),
    AZURE_CLIENT_SECRET: inManager('AZURE_CLIENT_SECRET'),
    TEAMS_APP_PASSWORD: `keyVault:${azure.url}/secrets/${IN_VAULT}`,
  };
}

function boardOf({ url, provider }: NonNullable<DemoSettings['board']>) {
  const { client, api, cli, device } = provider;
  const { clientId } = client;
  return {
    ...{ web: { url }, board: {} },
    signIn: { issuer: provider.issuer, clientId, clientSecret: 'env:SIGN_IN_SECRET' },
    api: { audience: api.audience, clientId: cli.clientId, deviceClientId: device.clientId },
    readers: [{ who: [`person:${people.manager.id}`] }],
  };
}

function person({ id, name, slackId, entraId }: (typeof people)['requester'], more: Readonly<Record<string, string>>) {
  return { id, name, slack: slackId, entra: entraId, aws: `arn:aws:iam::*:role/${id}`, ...more };
}

/** The secrets that the configuration refers to, as the program's environment. */
export function demoSecrets(
  { slack, teams, azure, aws }: Services,
  board?: DemoSettings['board'],
): Readonly<Record<string, string>> {
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    SLACK_APP_TOKEN: slack.appToken,
    TEAMS_APP_PASSWORD: teams.appPassword,
    AZURE_CLIENT_SECRET: azure.clientSecret,
    AWS_ACCESS_KEY_ID: aws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    ...(board ? { SIGN_IN_SECRET: board.provider.client.clientSecret } : {}),
    AWS_EXTERNAL_ID: aws.externalId,
    MARK_KEY: 'what signs the marks of the demo',
  };
}

function role(arn: string) {
  return { arn, externalId: 'env:AWS_EXTERNAL_ID' };
}
