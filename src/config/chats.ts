import { z } from 'zod';
import { botCredential } from './bot-credential.ts';
import { file, liveSecret, secret, url, uuid } from './fields.ts';

export const slack = z.strictObject({
  mode: z
    .enum(['http', 'socket'])
    .default('http')
    .describe('http for inbound deliveries; socket (Socket Mode) if Slack cannot reach Drawbridge.'),
  botToken: liveSecret.describe('Bot token of the app (xoxb-…).'),
  signingSecret: liveSecret.optional().describe('Signing secret of the app; required when mode is http.'),
  appToken: secret.optional().describe('App-level token (xapp-…); required when mode is socket.'),
  teamId: z
    .string()
    .regex(/^T[A-Z0-9]+$/, 'must be a workspace ID such as T0123ABCD')
    .describe('ID of the one workspace to serve.'),
  appId: z
    .string()
    .regex(/^A[A-Z0-9]+$/, 'must be an app ID such as A0123ABCD')
    .describe('ID of the app; deliveries for any other are refused.'),
  enterpriseId: z.string().optional().describe('ID of the Enterprise Grid organization, if any.'),
  apiUrl: url.default('https://slack.com/api/').describe('Base URL of the Slack Web API.'),
});

export const teams = z.strictObject({
  appId: uuid.describe('App ID of the bot.'),
  appPassword: liveSecret.optional().describe('Client secret of the bot; required without `credential`.'),
  credential: botCredential
    .optional()
    .describe('What the bot signs in with in place of a secret: exactly one of these.'),
  install: z
    .strictObject({
      app: uuid.describe('ID of the app in the catalog of the organization, from the Teams admin center.'),
      graph: url.default('https://graph.microsoft.com').describe('Microsoft Graph of the cloud.'),
    })
    .optional()
    .describe(
      'Add the app through Microsoft Graph for a person who cannot be reached otherwise. Needs `TeamsAppInstallation.ReadWriteSelfForUser.All`.',
    ),
  tenantId: uuid.describe('ID of the one tenant to serve.'),
  sdk: z
    .enum(['botbuilder', 'agents'])
    .default('botbuilder')
    .describe(
      'Library of Microsoft to talk to Teams through: the Bot Framework SDK, which is archived, or its successor, the Microsoft 365 Agents SDK.',
    ),
  serviceUrl: url
    .default('https://smba.trafficmanager.net/teams/')
    .describe('Connector URL for messages the bot starts.'),
  serviceUrls: z
    .array(url)
    .min(1)
    .default(['https://smba.trafficmanager.net/'])
    .describe('Allowed connector URLs, by prefix.'),
  validateTokens: z.boolean().default(true).describe('Verify inbound tokens. Can be false only on loopback.'),
  loginUrl: url.default('https://login.microsoftonline.com').describe('Authority the bot signs in with.'),
  caFile: file.optional().describe('File with an additional certificate authority to trust for sign-in.'),
  oauthScope: z.string().default('https://api.botframework.com').describe('Scope of the connector token.'),
  openIdMetadataUrl: url
    .default('https://login.botframework.com/v1/.well-known/openidconfiguration')
    .describe('OpenID metadata with the Bot Framework’s signing keys.'),
  tokenIssuer: z.string().default('https://api.botframework.com').describe('Expected issuer of inbound tokens.'),
});
