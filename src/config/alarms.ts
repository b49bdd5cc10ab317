import { z } from 'zod';
import { name, secret } from './fields.ts';

const url = z.url({ protocol: /^https?$/, error: 'must be a URL such as https://alarms.example.com/drawbridge' });

const webhook = z.strictObject({
  name: name.describe('Name of this way, for the log.'),
  url: url.optional().describe('Its URL, if that is no secret. Either this or `secretUrl`.'),
  secretUrl: secret
    .optional()
    .describe('The URL, where knowing it is enough to post there. `outgoing.hosts` names its host.'),
  secret: secret.describe('Key that signs what is posted; see docs/alarms.md.'),
});

/** Ways to be told that need no chat. */
export const alarms = z
  .strictObject({
    webhooks: z
      .array(webhook)
      .default([])
      .describe('Hosts that get a signed POST for each broken glass, and for alarms that no chat takes.'),
  })
  .prefault({});
