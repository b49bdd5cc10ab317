import { z } from 'zod';
import { secret, url } from './fields.ts';

/** Pages for browsers. */
export const web = z.strictObject({
  url: url.describe(
    'Address at which people reach `http` through your TLS proxy, such as https://drawbridge.example.com.',
  ),
  ipv4: url
    .optional()
    .describe(
      'Address of the same pages that browsers reach over IPv4 alone (its name has no AAAA record), so that `/jit address` sees both addresses of whoever comes over IPv6.',
    ),
  ipv6: url.optional().describe('The same over IPv6 alone: its name has no A record.'),
  keys: z
    .array(
      z.strictObject({
        id: z
          .string()
          .regex(/^[a-z0-9]{1,8}$/, 'must be 1 to 8 lowercase letters or digits')
          .describe('ID of the key, part of each link.'),
        secret: secret.describe('The key itself.'),
      }),
    )
    .min(1)
    .optional()
    .describe(
      'Keys that sign one-time links and forms, newest first; an old one may go after 15 minutes. If unset, keys of their own are derived from those of `marks`.',
    ),
});
