import { z } from 'zod';
import { DAY_MS } from '../core/language/instant.ts';
import { duration, name, ports, uuid } from './fields.ts';

const LOCKDOWN =
  'lockdown cannot be configured, as nobody would see first what it closes; set leave, and run `/jit protect <machine> closing`';

/** Machines that are to be protected, whoever asks. */
export const protection = z.strictObject({
  name: name.describe('Name of the entry, shown in `/jit recommend`, the channels, and the audit.'),
  machines: z
    .strictObject({
      cloud: z.enum(['azure', 'aws']).optional().describe('Only machines of this cloud.'),
      account: z
        .string()
        .regex(/^\d{12}$/, 'must be 12 digits')
        .optional()
        .describe('Only machines of this AWS account.'),
      subscription: uuid.optional().describe('Only machines of this Azure subscription.'),
      region: z
        .string()
        .regex(/^[a-z0-9-]+$/, 'must be a region such as eu-west-1 or westeurope')
        .optional()
        .describe('Only machines of this region, such as eu-west-1 or westeurope.'),
      group: z
        .string()
        .min(1)
        .optional()
        .describe('Only machines of this Azure resource group; * matches any characters.'),
      names: z.array(z.string().min(1)).default([]).describe('Machine names; * matches any characters.'),
      tags: z.record(z.string(), z.string()).default({}).describe('Tags the machine must have, all of them.'),
    })
    .describe('Which machines: all that is said must be so.'),
  ports: ports.describe('Ports to protect, such as 22, ssh, or rdp.'),
  sources: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Sources that requests may come from: names from `sources`, addresses, and prefixes. If unset, any.'),
  longest: duration.default(DAY_MS).describe('Longest time that a request may be for; 5m to 24h.'),
  standing: z
    .literal('leave', { error: ({ input }) => (input === 'lockdown' ? LOCKDOWN : 'must be leave') })
    .default('leave')
    .describe(
      'What becomes of rules of others that open these ports: `leave` is the only choice; `/jit protect <machine> closing` shows what closing them would change.',
    ),
});
