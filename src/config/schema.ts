import { z } from 'zod';
import { DAY_MS, MINUTE_MS } from '../core/language/instant.ts';
import { alarms } from './alarms.ts';
import { api } from './api.ts';
import { audit } from './audit.ts';
import { board, reader } from './board.ts';
import { breakGlass, glassOffline } from './break-glass.ts';
import { slack, teams } from './chats.ts';
import { aws, azure, gcp } from './clouds.ts';
import { drill } from './drill.ts';
import { duration, name, named, proxy, secret, subject, timeOfDay, zone } from './fields.ts';
import { namedMachines } from './machines.ts';
import { onCall } from './on-call.ts';
import { outgoing } from './outgoing.ts';
import { directory, groups, person } from './people.ts';
import { operators, place } from './places.ts';
import { policy } from './policy.ts';
import { protection } from './protection.ts';
import { redis } from './redis.ts';
import { cards, requests } from './requests.ts';
import { ruleChanges } from './rule-changes.ts';
import { signIn } from './sign-in.ts';
import { tickets } from './tickets.ts';
import { traces } from './traces.ts';
import { web } from './web.ts';

/** Every setting, once: types, checks, and the table of docs/settings.md come from here. */

const http = z
  .strictObject({
    host: z.string().default('127.0.0.1').describe('Address to listen on. Put a TLS proxy in front of it.'),
    port: z.number().int().min(0).max(65_535).default(3978).describe('Port to listen on; 0 picks a free one.'),
    trustedProxies: z
      .array(proxy)
      .default([])
      .describe(
        'Addresses and prefixes of your proxies: what they say of a client’s address is believed. Of any other client, the address of the connection counts.',
      ),
    admin: z
      .strictObject({
        host: z.string().default('127.0.0.1').describe('Address to listen on for operators.'),
        port: z.number().int().min(0).max(65_535).default(3979).describe('Port to listen on; 0 picks a free one.'),
        token: secret.describe('Token to send as `Authorization: Bearer …`.'),
        metrics: z
          .boolean()
          .default(false)
          .describe('Also serve `/metrics` for Prometheus, with the same token: docs/metrics.md.'),
      })
      .optional()
      .describe('Serve `/status` for operators: what is served, what is degraded, and since when.'),
  })
  .prefault({});

const lease = z
  .strictObject({
    shortest: duration
      .default(5 * MINUTE_MS)
      .describe('Shortest time that can be requested. Less than 5m only if every endpoint is loopback.'),
  })
  .prefault({});

const marks = z
  .strictObject({
    keys: z
      .array(
        z.strictObject({
          id: z
            .string()
            .regex(/^[a-z0-9]{1,8}$/, 'must be 1 to 8 lowercase letters or digits')
            .describe('ID of the key, part of each mark.'),
          secret: secret.describe('The key itself.'),
        }),
      )
      .min(1)
      .optional()
      .describe('Keys that sign the marks on rules, newest first. Keep an old key until no rule has its mark.'),
    keyFile: z
      .string()
      .min(1)
      .default('.data/mark-key')
      .describe('Key file used when `keys` is unset; created at the first start.'),
  })
  .prefault({});

const undo = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .default('.data/undo')
      .describe(
        'Folder for undo records: standing rules as they were before a lockdown. All replicas must share it; another one is refused.',
      ),
  })
  .prefault({});

/** The format of drawbridge.yaml. It rises when a file of before would be read otherwise, not when settings are added. */
const FORMAT = 1;

export const configSchema = z.strictObject({
  version: z
    .number()
    .refine((given) => given === FORMAT, {
      error: ({ input }) =>
        typeof input === 'number' && input > FORMAT
          ? `is for a newer Drawbridge: this one reads version ${FORMAT}; upgrade it first, or start the version that the file is for`
          : `must be ${FORMAT}`,
    })
    .default(FORMAT)
    .describe('Version of the format of this file: docs/upgrade.md. If unset, the newest that this Drawbridge reads.'),
  installation: z
    .string({
      error: ({ input }) =>
        input === undefined ? 'is missing; write a line such as `installation: prod`, and keep it' : undefined,
    })
    .regex(/^[a-z0-9][a-z0-9-]{0,23}$/, 'must be at most 24 lowercase letters, digits, and dashes')
    .describe('Name of this installation, part of every mark.'),
  language: z
    .enum(['en', 'de'])
    .default('en')
    .describe(
      'Language of channels, and of people whose own chat is in none that Drawbridge speaks. In private everybody reads the language of their chat.',
    ),
  redis,
  http,
  web: web.optional().describe('Pages that people open in a browser, at the address of `http`.'),
  signIn: signIn
    .optional()
    .describe(
      'Sign-in with a browser, through Entra ID: to link Slack accounts, and for `stepUp: signIn`. Needs `web` and `directory.entra`.',
    ),
  api: api
    .optional()
    .describe(
      'The HTTP API under `/api/v1`, which `jit login` and all that people do at the command line need. Needs `web` and `signIn`.',
    ),
  board: board.optional().describe('A page that shows what is open, waits, and was: see docs/board.md. Needs `web`.'),
  lease,
  requests,
  cards,
  marks,
  undo,
  audit,
  slack: slack.optional(),
  teams: teams.optional(),
  azure: azure.optional(),
  aws: aws.optional(),
  gcp: gcp.optional(),
  people: z
    .array(person)
    .default([])
    .describe(
      'People who use Drawbridge: all of them without `directory`; with it, those of whom something else is to be known.',
    ),
  groups,
  directory,
  leaver: z
    .enum(['close', 'keep'])
    .default('close')
    .describe(
      'What becomes of access whose requester or approver is disabled or gone: closed within two minutes, or kept until its end. Either way nothing more is opened for them.',
    ),
  sources: z
    .record(z.string(), named)
    .default({})
    .describe(
      'Names for sources, such as `vpn: [10.8.0.0/16]`: used in commands, forms, and policies. A name may have several prefixes, for policies and for protecting; a request is for one, so for requests it may have one of each address family. `jump: {aws: sg-0123456789abcdef0}` stands for whoever bears that security group: for requests for AWS machines of its VPC, under policies that list the name or have `anySource`, and not for protecting.',
    ),
  machines: namedMachines,
  witness: z
    .enum(['none', 'tcp'])
    .default('none')
    .describe(
      'With tcp, a TCP connection from where Drawbridge runs is one more witness, to addresses of the machine that its cloud tells. After closing, one that succeeds turns the proof into “not known”; `/jit why` tells one that succeeds. One that fails proves nothing.',
    ),
  addressDatabases: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Files in MaxMind’s format (GeoLite2, DB-IP, or IPinfo; ASN, country, or both), by which cards and `/jit address` tell the operator and the country of an address. A changed file is read within a minute. Nothing is judged by it.',
    ),
  places: z.record(name, place).default({}).describe('Channels that policies and the digest can name.'),
  protectors: z
    .array(subject)
    .default([])
    .describe('Who may protect machines from chat: `person:<id>` or `group:<name>`.'),
  security: z
    .array(subject)
    .default([])
    .describe(
      'Who may list and close anything at any time, whoever requested and approved it: `person:<id>` or `group:<name>`.',
    ),
  readers: z
    .array(reader)
    .default([])
    .describe(
      'Who may read what is somebody else’s on the board, beside `security`. Everybody reads what is their own: what they requested, and what they were asked to decide.',
    ),
  operators,
  drill: drill.optional().describe('Lets `security` run `/jit drill` on sandbox machines.'),
  protections: z
    .array(protection)
    .default([])
    .describe(
      'Machines that the patrol protects, also those that appear later: at most ten at a time. It ends no protection, and closes standing rules only with `standing: lockdown` and consent. For a machine and a port, the first entry counts.',
    ),
  outgoing,
  onCall,
  digest: z
    .strictObject({
      at: timeOfDay.describe('Time of day, such as "09:00".'),
      zone: zone.default('UTC').describe('Time zone of `at`.'),
      tell: z.array(name).min(1).describe('Places to post to.'),
    })
    .optional()
    .describe('Daily report of the machines that should be protected.'),
  policyChanges: ruleChanges,
  policies: z
    .array(policy, {
      error: ({ input }) => (input === undefined ? 'is missing; docs/policy.md begins with a whole file' : undefined),
    })
    .min(1)
    .describe(
      'Who may request what, and who decides. The first one that covers the person, the machine, and the port applies.',
    ),
  breakGlass: z
    .array(breakGlass)
    .default([])
    .describe(
      'Who may open at once, without an approval, with `/jit break-glass`: everybody is told, and a review is owed. Policies with `refuse` do not stop it. The first one that covers the person, the machine, and the port applies.',
    ),
  breakGlassOffline: glassOffline,
  alarms,
  tickets,
  traces: traces.optional(),
});

export type Config = z.output<typeof configSchema>;

/** The least that Defender and Azure give; below it only simulators make sense. */
export const SHORTEST_REAL_MS = 5 * MINUTE_MS;
export const LONGEST_MS = DAY_MS;
