import type { Services } from '../../simulators/demo/services.ts';
import { AWS_ACCOUNT_ID, AWS_REGION, channels, people } from '../../simulators/world.ts';
import type { House } from './shared.ts';

/** What the bare calls need to reach the simulated services as the real program does. `machine` is the one they use. */
export function servicesOf(
  { slack, teams, aws }: Services,
  machine: string,
): Pick<House, 'slack' | 'teams' | 'aws' | 'places'> {
  const { accessKeyId, secretAccessKey, roleArn: arn, externalId } = aws;
  const instance = aws.state().instances.find(({ name }) => name === machine)?.id;
  const group = aws.state().groups.find(({ name }) => name === `own-${machine}`)?.id;
  if (!instance || !group) throw new Error(`${machine} is not there`);
  return {
    slack: { apiUrl: slack.apiUrl, botToken: slack.botToken, signingSecret: slack.signingSecret },
    teams: {
      appId: teams.appId,
      appPassword: teams.appPassword,
      tenantId: teams.tenantId,
      serviceUrl: teams.serviceUrl,
      serviceUrls: [teams.serviceUrl],
      validateTokens: true,
      sdk: 'botbuilder',
      channels: [],
      path: '/api/messages',
      loginUrl: teams.authorityHost,
      oauthScope: teams.toChannelScope,
      openIdMetadataUrl: teams.openIdMetadataUrl,
      tokenIssuer: teams.issuer,
      ca: teams.caPem,
    },
    aws: {
      accounts: [{ id: AWS_ACCOUNT_ID, regions: [AWS_REGION], role: { arn, externalId } }],
      endpoint: aws.url,
      credentials: { accessKeyId, secretAccessKey },
    },
    places: {
      slackChannel: channels.slack.id,
      slackUser: people.requester.slackId,
      teamsChannel: channels.teams.id,
      teamsUser: people.manager.entraId,
      instance,
      group,
    },
  };
}
