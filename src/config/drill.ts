import { z } from 'zod';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../core/language/instant.ts';
import { type Port, parsePort } from '../core/rule/port.ts';
import { duration, source } from './fields.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
/** Nobody has it (RFC 5737). */
const NOBODY = '192.0.2.1/32';

const port = z.union([z.string(), z.number()]).transform((word, context): Port => {
  const [only, ...more] = parsePort(String(word)) ?? [];
  if (only && more.length === 0) return only;
  context.addIssue({ code: 'custom', message: 'must be one port such as 22, ssh, or rdp' });
  return z.NEVER;
});

/** Where `/jit drill` may open its canary. */
export const drill = z.strictObject({
  tag: z
    .record(z.string(), z.string())
    .refine((tags) => Object.keys(tags).length > 0, 'must name a tag, such as {drawbridge: sandbox}')
    .refine(
      (tags) => Object.values(tags).every((value) => !value.includes('*')),
      'must have values without *: a drill is for machines that are tagged for it, one by one',
    )
    .describe(
      'Tags that a machine must have, all of them, for a drill: give them to machines that nobody needs, and no others. Values are taken as they are; there is no *.',
    ),
  port: port.default(SSH).describe('Protected port to open.'),
  source: source
    .refine((one) => /\/(?:32|128)$/.test(one), 'must be a single address')
    .default(NOBODY)
    .describe('Address to open it to. The default is one that nobody has (RFC 5737).'),
  length: duration
    .refine((ms) => ms >= 30 * SECOND_MS && ms <= 15 * MINUTE_MS, 'must be between 30s and 15m')
    .default(MINUTE_MS)
    .describe(
      'How long it is open. Independent of `lease.shortest`. Behind an Azure Firewall, whose writes take minutes, use 10m.',
    ),
  every: duration
    .default(30 * DAY_MS)
    .describe('Older than this, the last drill is said to be too old by `jit doctor`.'),
});
