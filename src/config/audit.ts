import { z } from 'zod';
import { EVENTS } from '../core/evidence/events.ts';
import { awsRegion, role } from './clouds.ts';
import { liveSecret, name, secret, url } from './fields.ts';

const MB = 1_000_000;

const SHOWN =
  'What it gets of people (names, accounts, sources, words): `clear`; `sealed`, each with a key of their own, which `jit audit erase` destroys; or `none`, their IDs alone.';
const people = z.enum(['clear', 'sealed', 'none'], { error: 'must be clear, sealed, or none' });

const https = z.url({ protocol: /^https?$/, error: 'must be a URL such as https://siem.example.com/audit' });

/** The audit: how long it stays in Redis, and where else it is kept. */
export const audit = z
  .strictObject({
    keep: z
      .union([z.literal('all'), z.number().int().min(1_000)], { error: 'must be all, or a number of 1000 or more' })
      .default('all')
      .describe(
        'How many audit entries to keep in Redis: `all`, or a number, beyond which those that every sink has are dropped from it. With `all`, Drawbridge warns in its log long before memory runs short.',
      ),
    spool: z
      .string()
      .min(1)
      .default('.data/spool')
      .describe('Folder on this computer for audit entries of what is closed while Redis cannot be written.'),
    keepDays: z
      .number()
      .int()
      .min(1)
      .default(400)
      .describe('Days after which audit files are deleted; the rest still verifies.'),
    peopleKeys: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Folder for a key of each person, on a disk that all replicas share: with it, what is said of them is sealed where it cannot be taken away later. Default: `people-keys/<prefix>` beside `marks.keyFile`.',
      ),
    files: z
      .strictObject({
        enabled: z.boolean().default(true).describe('Keep the audit in files, as lines of JSON; see docs/audit.md.'),
        folder: z
          .string()
          .min(1)
          .optional()
          .describe(
            'Folder for them, on a disk that all replicas share, as for `undo.folder`. Default: `audit/<prefix>` beside `marks.keyFile`.',
          ),
        megabytes: z
          .number()
          .int()
          .min(1)
          .max(10_000)
          .default(64)
          .describe('A file that is as large is closed, and another one begun; so it is each day.'),
      })
      .prefault({}),
    https: z
      .array(
        z.strictObject({
          name: name.describe('Name of this sink.'),
          kind: z
            .enum(['splunk', 'webhook', 'events'])
            .describe(
              'splunk (HTTP Event Collector); webhook (whole batches, signed as Standard Webhooks have it); or events (each event by itself, signed in the same way, for tickets and SOAR: see docs/api.md).',
            ),
          url: https.describe('Where to post: for Splunk, `https://…:8088/services/collector/event`.'),
          secret: liveSecret.describe('Token of the collector, or the key that signs.'),
          people: people.default('clear').describe(SHOWN),
          events: z
            .array(z.enum(Object.keys(EVENTS), 'must be an event such as opened; docs/audit.md lists them'))
            .min(1)
            .optional()
            .describe('With `kind: events`, those that are posted; all of them if unset.'),
        }),
      )
      .default([])
      .describe('Hosts that get every batch of the audit by HTTPS.'),
    azureLogs: z
      .strictObject({
        name: name.default('azure-logs').describe('Name of this sink.'),
        endpoint: https.describe('Endpoint of the data collection rule: `https://….ingest.monitor.azure.com`.'),
        rule: z
          .string()
          .regex(/^dcr-[0-9a-f]{32}$/, 'must be an immutable ID such as dcr-0123456789abcdef0123456789abcdef')
          .describe('Immutable ID of the data collection rule.'),
        stream: z
          .string()
          .regex(/^Custom-\w+$/, 'must be a stream such as Custom-Drawbridge')
          .default('Custom-Drawbridge')
          .describe('Name of its stream.'),
        scope: z
          .string()
          .default('https://monitor.azure.com/.default')
          .describe('Scope of the token: another one in national clouds.'),
        resource: z
          .string()
          .regex(
            /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/?#]+\/providers\/Microsoft\.Insights\/dataCollectionRules\/[\w.-]+$/i,
            'must be the resource ID of a data collection rule: /subscriptions/…/dataCollectionRules/…',
          )
          .optional()
          .describe(
            'Resource ID of the data collection rule: with it, `jit doctor` says which columns Azure would drop. It takes the right to read the rule and its table.',
          ),
        management: https
          .default('https://management.azure.com')
          .describe('Where Azure Resource Manager is: another host in national clouds.'),
        people: people.default('clear').describe(SHOWN),
      })
      .optional()
      .describe(
        'Send the audit to a Log Analytics workspace, for Sentinel. The identity of this computer needs “Monitoring Metrics Publisher” on the rule.',
      ),
    otlp: z
      .strictObject({
        name: name.default('otlp').describe('Name of this sink.'),
        url: https.describe('Collector, with its path: `https://….example.com:4318/v1/logs`.'),
        headers: z
          .record(z.string().regex(/^[\w-]+$/, 'must be the name of a header'), secret)
          .default({})
          .describe('Headers with secrets, such as `authorization`.'),
        people: people.default('clear').describe(SHOWN),
      })
      .optional()
      .describe(
        'Send the audit as OpenTelemetry logs, best effort: nothing waits for it, and what is refused is left out.',
      ),
    s3: z
      .strictObject({
        name: name.default('s3').describe('Name of this sink.'),
        bucket: z
          .string()
          .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be the name of a bucket')
          .describe('Bucket with versioning and Object Lock.'),
        region: awsRegion.describe('Its region.'),
        prefix: z
          .string()
          .regex(/^([\w.-]+\/)*$/, 'must be empty, or a path such as drawbridge/prod/')
          .default('drawbridge/')
          .describe('What keys begin with: another one for each installation.'),
        mode: z
          .enum(['governance', 'compliance'])
          .default('governance')
          .describe(
            'governance (who may bypass governance retention can delete), or compliance (nobody can before the time is over, the root user neither).',
          ),
        days: z.number().int().min(1).max(3_650).default(400).describe('Days for which each object is locked.'),
        people: people.default('sealed').describe(`${SHOWN} In clear, nobody can erase it while it is locked.`),
        role: role.optional().describe('Role to assume; Drawbridge’s own credentials if unset.'),
        endpoint: url.optional().describe('URL of a store that is like S3, with the bucket in the path.'),
      })
      .optional()
      .describe('Keep the audit in a bucket of S3 that nobody can change: see docs/audit.md.'),
    cloudLogs: z
      .boolean()
      .default(true)
      .describe(
        'Compare the audit with the activity logs of Azure and the event history of CloudTrail, and tell `operators` of writes around protected machines that are not Drawbridge’s; see docs/audit.md. Where the right to read them is missing, `jit doctor` says so.',
      ),
    keys: z
      .array(
        z.strictObject({
          id: z
            .string()
            .regex(/^[a-z0-9]{1,8}$/, 'must be 1 to 8 lowercase letters or digits')
            .describe('ID of the key.'),
          secret: secret.describe('The key itself: 32 random bytes in base64 (`openssl rand -base64 32`).'),
          until: z.iso
            .datetime()
            .optional()
            .describe(
              'When an older key was replaced (UTC): `jit audit keys` prints it with the key, and heads of later that it signed do not count.',
            ),
        }),
      )
      .min(1)
      .optional()
      .describe(
        'Keys that sign heads and receipts of the audit (Ed25519), newest first; older ones are only for checking. Without them, one is derived from the newest of `marks`.',
      ),
  })
  .prefault({});

export function rotateBytes(megabytes: number): number {
  return megabytes * MB;
}
