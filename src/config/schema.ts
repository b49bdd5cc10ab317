import { z } from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/language/instant.ts';
import { aws, azure } from './clouds.ts';
import { duration, name, ports, secret, source, subject, timeOfDay, url, uuid, zone } from './fields.ts';

/** Every setting, once: types, checks and the README's table come from here. */

const redis = z
  .strictObject({
    url: url
      .optional()
      .describe(
        'Redis of your own (redis://, rediss://). Without it Drawbridge runs one itself. REDIS_URL goes first.',
      ),
    dataDir: z.string().min(1).default('.data/redis').describe('Where the Redis that Drawbridge runs keeps its data.'),
    appendfsync: z.enum(['everysec', 'always']).default('everysec').describe('How often that Redis writes to disk.'),
    losingDataIsFine: z.boolean().default(false).describe('Start on a Redis that may lose what it is given.'),
    prefix: name.default('drawbridge').describe('First part of every key.'),
  })
  .prefault({});

const http = z
  .strictObject({
    host: z.string().default('127.0.0.1').describe('Address to listen on; put a TLS proxy in front.'),
    port: z.number().int().min(0).max(65_535).default(3978).describe('Port to listen on; 0 lets the system choose.'),
  })
  .prefault({});

const lease = z
  .strictObject({
    shortest: duration
      .default(5 * MINUTE_MS)
      .describe('The shortest lease. Less than 5m only while every endpoint is loopback.'),
  })
  .prefault({});

const marks = z
  .strictObject({
    keys: z
      .array(
        z.strictObject({
          id: z.string().regex(/^[a-z0-9]{1,8}$/, 'must be 1 to 8 lower-case letters or digits'),
          secret,
        }),
      )
      .min(1)
      .optional()
      .describe('Signing keys of the marks, newest first; old ones verify until no rule bears them.'),
    keyFile: z
      .string()
      .min(1)
      .default('.data/mark-key')
      .describe('Without keys: a file outside Redis, made at the first start.'),
  })
  .prefault({});

const undo = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .default('.data/undo')
      .describe(
        'Where it is kept how others’ rules were before they were closed: outside Redis, shared by all replicas.',
      ),
  })
  .prefault({});

const audit = z
  .strictObject({
    keep: z
      .union([z.literal('all'), z.number().int().min(1_000)], { error: 'must be all, or a number of 1000 or more' })
      .default('all')
      .describe(
        'How many audit entries to keep in Redis: `all`, or a number, beyond which the oldest are deleted for good. With `all`, Drawbridge warns in its log long before memory runs short.',
      ),
  })
  .prefault({});

const slack = z.strictObject({
  mode: z
    .enum(['http', 'socket'])
    .default('http')
    .describe('HTTP deliveries, or Socket Mode where no inbound address is to be had.'),
  botToken: secret.describe('xoxb- token of the app.'),
  signingSecret: secret.optional().describe('Signing secret (HTTP).'),
  appToken: secret.optional().describe('xapp- token (Socket Mode).'),
  teamId: z
    .string()
    .regex(/^T[A-Z0-9]+$/, 'must be a workspace id such as T0123ABCD')
    .describe('The one workspace that is served.'),
  appId: z
    .string()
    .regex(/^A[A-Z0-9]+$/, 'must be an app id such as A0123ABCD')
    .describe('The app that deliveries must be for.'),
  enterpriseId: z.string().optional().describe('Enterprise Grid organisation, if any.'),
  apiUrl: url.default('https://slack.com/api/').describe('Where the Web API is.'),
});

const teams = z.strictObject({
  appId: uuid.describe('The bot’s app id.'),
  appPassword: secret.describe('Its client secret.'),
  tenantId: uuid.describe('The one tenant that is served.'),
  serviceUrl: url
    .default('https://smba.trafficmanager.net/teams/')
    .describe('Connector for messages that nobody asked for first.'),
  serviceUrls: z
    .array(url)
    .min(1)
    .default(['https://smba.trafficmanager.net/'])
    .describe('Where the connector may be, by prefix.'),
  validateTokens: z.boolean().default(true).describe('Off only while every Teams URL is loopback.'),
  loginUrl: url.default('https://login.microsoftonline.com').describe('Authority of the bot’s login.'),
  caFile: z.string().optional().describe('Certificate authority to trust for the login.'),
  oauthScope: z.string().default('https://api.botframework.com').describe('Scope of the connector token.'),
  openIdMetadataUrl: url
    .default('https://login.botframework.com/v1/.well-known/openidconfiguration')
    .describe('Keys of the Bot Framework.'),
  tokenIssuer: z.string().default('https://api.botframework.com').describe('Issuer of inbound tokens.'),
});

const person = z.strictObject({
  id: name,
  name: z.string().min(1).max(80),
  slack: z
    .string()
    .regex(/^[UW][A-Z0-9]+$/, 'must be a Slack user id such as U0123ABCD')
    .optional(),
  entra: uuid.optional(),
  aws: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:iam::(?:\d{12}|\*):(?:role|user)\/.+$/,
      'must be the ARN of a role or user; * may stand for the account',
    )
    .optional(),
  identityCenter: z.string().min(1).optional(),
  manager: name.optional(),
  address: source.optional(),
  prefers: z.enum(['slack', 'teams']).optional(),
});

const place = z.union(
  [
    z.strictObject({ slack: z.string().regex(/^[CG][A-Z0-9]+$/, 'must be a channel id such as C0123ABCD') }),
    z.strictObject({ teams: z.string().min(1) }),
  ],
  {
    error: 'must be { slack: C… } or { teams: 19:… }',
  },
);

const prefixLengths = z.strictObject({
  ipv4: z.number().int().min(1).max(32).default(32),
  ipv6: z.number().int().min(1).max(128).default(128),
});

const policy = z.strictObject({
  name,
  who: z.array(subject).min(1).describe('Who may ask.'),
  machines: z.strictObject({
    cloud: z.enum(['azure', 'aws']).optional(),
    names: z.array(z.string().min(1)).default([]),
    tags: z.record(z.string(), z.string()).default({}),
  }),
  ports,
  widestSource: prefixLengths.prefault({}).describe('The shortest prefix length that is allowed.'),
  anySource: z.boolean().default(false).describe('Written permission to open to everybody.'),
  bastion: z.boolean().default(false).describe('Written permission to open to the whole subnet of an Azure Bastion.'),
  cutSessions: z
    .boolean()
    .default(false)
    .describe(
      'Only machines whose open sessions are cut at the end: in Azure those behind a group with flushConnection.',
    ),
  longest: duration.default(3 * HOUR_MS).describe('The longest time in all, extensions included.'),
  approvers: z
    .array(subject)
    .min(1, 'must name somebody: without approvers nobody could ever approve')
    .describe('Who decides.'),
  approvals: z.number().int().min(1).max(5).default(1).describe('How many different people must approve.'),
  extend: z
    .strictObject({ self: z.literal(true), upTo: duration })
    .optional()
    .describe('Written permission to extend without a decision.'),
  unanswered: duration.default(8 * HOUR_MS).describe('How long a request waits.'),
  tell: z.array(name).default([]).describe('Places that hold a card.'),
});

export const configSchema = z.strictObject({
  installation: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,23}$/, 'must be lower-case letters, digits and dashes, 24 at most')
    .describe('Name of this installation; part of every mark.'),
  redis,
  http,
  lease,
  marks,
  undo,
  audit,
  slack: slack.optional(),
  teams: teams.optional(),
  azure: azure.optional(),
  aws: aws.optional(),
  people: z.array(person).min(1),
  groups: z.record(name, z.array(name)).default({}),
  places: z.record(name, place).default({}),
  protectors: z.array(subject).default([]).describe('Who may protect machines from chat.'),
  digest: z
    .strictObject({
      at: timeOfDay.describe('Time of the day.'),
      zone: zone.default('UTC').describe('Time zone of it.'),
      tell: z.array(name).min(1).describe('Places that are told.'),
    })
    .optional()
    .describe('Once a day: which machines should be protected.'),
  policies: z.array(policy).min(1),
});

export type Config = z.output<typeof configSchema>;

/** The least that Defender and Azure give; below it only simulators make sense. */
export const SHORTEST_REAL_MS = 5 * MINUTE_MS;
export const LONGEST_MS = DAY_MS;
