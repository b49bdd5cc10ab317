import { join } from 'node:path';
import type { Services } from '../../simulators/demo/services.ts';
import { AWS_ACCOUNT_ID, AWS_REGION, channels, people } from '../../simulators/world.ts';

export type Answers = Readonly<Record<string, Readonly<Record<string, unknown>> | unknown>>;

/** What is the same with the real services but for the hosts. */
export function answersFor({ slack, teams, azure, aws }: Services, folder: string): Answers {
  const hosts = {
    // The program of the test runs in another folder.
    redis: { dataDir: join(folder, 'redis') },
    marks: { keyFile: join(folder, 'mark-key') },
    undo: { folder: join(folder, 'undo') },
    audit: { spool: join(folder, 'spool'), files: { folder: join(folder, 'audit') } },

    http: { port: 0 },
    slack: { apiUrl: slack.apiUrl },
    teams: {
      ...{ serviceUrl: teams.serviceUrl, serviceUrls: [teams.serviceUrl], loginUrl: teams.authorityHost },
      ...{ caFile: join(folder, 'teams-ca.pem'), oauthScope: teams.toChannelScope },
      ...{ openIdMetadataUrl: teams.openIdMetadataUrl, tokenIssuer: teams.issuer },
    },
    azure: {
      ...{ resourceManager: azure.url, authority: azure.authority },
      ...{ caFile: join(folder, 'azure-ca.pem'), disableInstanceDiscovery: true },
    },
    aws: { endpoint: aws.url },
  };
  return {
    installation: 'demo',
    clouds: ['azure', 'aws'],
    chats: ['slack', 'teams'],
    url: 'https://drawbridge.example.com',
    azure: { tenantId: azure.tenantId, subscriptions: ['Production'], backend: 'defender', signIn: 'identity' },
    aws: {
      accounts: [AWS_ACCOUNT_ID],
      regions: [AWS_REGION],
      newExternalId: false,
      externalId: 'env:AWS_EXTERNAL_ID',
      principal: `arn:aws:iam::${AWS_ACCOUNT_ID}:role/drawbridge`,
    },
    slack: { mode: 'http', channel: '#vm-access', teamId: slack.teamId, appId: slack.appId },
    teams: { appId: teams.appId, channel: linkOf(channels.teams.id) },
    people: [
      {
        name: people.requester.name,
        does: 'request',
        slack: people.requester.slackId,
        entra: people.requester.entraId,
      },
      { name: people.manager.name, does: 'approve', slack: people.manager.slackId, entra: people.manager.entraId },
    ],
    policy: { machines: 'tag', tag: 'env=prod', longest: '4h' },
    settings: hosts,
  };
}

function linkOf(channel: string): string {
  return `https://teams.microsoft.com/l/channel/${encodeURIComponent(channel)}/VM%20access?groupId=1`;
}
