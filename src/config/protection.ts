import { z } from 'zod';
import { DAY_MS } from '../core/language/instant.ts';
import { duration, name, ports, uuid } from './fields.ts';

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
    .enum(['leave', 'lockdown'], { error: 'must be leave or lockdown' })
    .default('leave')
    .describe(
      'What becomes of standing rules that open these ports. `leave`: nothing. `lockdown`: they are closed after somebody of `protectors` agreed to a page that shows what that changes and who is affected; what is new gets a new page.',
    ),
  ask: z
    .array(name)
    .default([])
    .describe(
      'With `standing: lockdown`: places that get the pages to agree to, such as the channel of your security team.',
    ),
});
