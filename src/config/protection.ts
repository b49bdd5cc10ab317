import { z } from 'zod';
import { DAY_MS } from '../core/language/instant.ts';
import { duration, name, ports } from './fields.ts';
import { machines } from './machines.ts';

/** Machines that are to be protected, whoever asks. */
export const protection = z.strictObject({
  name: name.describe('Name of the entry, shown in `/jit recommend`, the channels, and the audit.'),
  machines,
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
