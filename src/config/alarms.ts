import { isIP } from 'node:net';
import { z } from 'zod';
import { liveSecret, name, secret } from './fields.ts';

const url = z.url({ protocol: /^https?$/, error: 'must be a URL such as https://alarms.example.com/drawbridge' });

const webhook = z.strictObject({
  name: name.describe('Name of this way, for the log.'),
  url: url.optional().describe('Its URL, if that is no secret. Either this or `secretUrl`.'),
  secretUrl: secret
    .optional()
    .describe('The URL, where knowing it is enough to post there. `outgoing.hosts` names its host.'),
  secret: liveSecret.describe('Key that signs what is posted; see docs/alarms.md.'),
});

const AN_ADDRESS = 'must be an e-mail address such as oncall@example.com';
const MOST_ADDRESSES = 20;

const mail = z.strictObject({
  name: name.describe('Name of this way, for the log.'),
  host: z
    .string()
    .refine((text) => isIP(text) > 0 || /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/.test(text), {
      error: 'must be a host such as smtp.example.com',
    })
    .describe('The mail server, for submission.'),
  port: z.number().int().min(1).max(65_535).default(587).describe('Its port.'),
  tls: z
    .enum(['starttls', 'implicit', 'none'])
    .default('starttls')
    .describe(
      'starttls (port 587 at most servers), implicit (port 465), or none, for a server on this computer alone.',
    ),
  user: z.string().min(1).optional().describe('Who signs in there, if the server wants it.'),
  password: secret.optional().describe('Password of `user`.'),
  from: z.email(AN_ADDRESS).describe('Address of the sender.'),
  to: z.array(z.email(AN_ADDRESS)).min(1).max(MOST_ADDRESSES).describe('Addresses that get it, 20 at most.'),
});

/** Ways to be told that need no chat. */
export const alarms = z
  .strictObject({
    webhooks: z
      .array(webhook)
      .default([])
      .describe('Hosts that get a signed POST for each broken glass, and for alarms that no chat takes.'),
    mails: z.array(mail).default([]).describe('Mail servers, and who gets the same by e-mail.'),
  })
  .prefault({});
