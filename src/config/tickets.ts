import { z } from 'zod';
import { liveSecret, name, secret } from './fields.ts';

const states = z.array(z.string().min(1)).min(1);

const system = z.strictObject({
  url: z
    .string()
    .refine(
      (text) =>
        /^https?:\/\//.test(text) &&
        URL.canParse(text) &&
        text.includes('{ticket}') &&
        !new URL(text).host.includes('{'),
      'must be a URL with {ticket} in its path or query',
    )
    .describe('URL that tells of a ticket; `{ticket}` stands for its ID.'),
  authorization: secret.optional().describe('Value of the `Authorization` header, such as `Bearer …` or `Basic …`.'),
  state: z
    .string()
    .regex(/^[\w-]+(?:\.[\w-]+)*$/, 'must be a path such as fields.status.statusCategory.key or result.0.state')
    .describe('Where the JSON of the answer has the state.'),
  open: states.describe('States in which access is allowed.'),
  closed: states.describe('States that end it. Any other state is “cannot tell”, which refuses and ends nothing.'),
  webhook: liveSecret
    .optional()
    .describe('Key of `POST /tickets/<name>`, with which the system says at once that a ticket was closed.'),
});

/** Ticket systems that policies name. */
export const tickets = z.record(name, system).default({}).describe('Ticket systems, for `because.check` of policies.');

type Systems = z.output<typeof tickets>;

/** URLs that stand in the file itself, and so name their hosts. */
export function ticketUrls(systems: Systems): readonly string[] {
  return Object.values(systems).map(({ url }) => url);
}
