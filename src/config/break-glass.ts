import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../core/language/instant.ts';
import { duration, name, ports, somebody, subject } from './fields.ts';
import { machines } from './machines.ts';

const review = z.strictObject({
  by: z
    .array(subject)
    .min(1, 'must not be empty: somebody else has to look at it')
    .describe('Who reviews it: one of them, never whoever broke the glass.'),
  within: duration
    .refine((ms) => ms >= HOUR_MS && ms <= 30 * DAY_MS, 'must be between 1h and 30d')
    .default(3 * DAY_MS)
    .describe('Time for the review, counted from when the access was to end.'),
  // biome-ignore lint/suspicious/noThenProperty: a list, which nothing calls
  then: z.array(subject).min(1).optional().describe('Who may review it as well, and is asked, once it is overdue.'),
  overdue: z
    .enum(['refuse', 'allow'])
    .default('allow')
    .describe('Whether somebody whose last break-glass access has an overdue review may break glass again.'),
});

/** Breaking glass without a chat, with the keys of `people`. */
export const glassOffline = z
  .strictObject({
    snapshot: z
      .string()
      .min(1)
      .default('.data/break-glass.json')
      .describe(
        'File on this computer that says who may, for when no directory answers; signed, renewed every minute.',
      ),
    oldest: duration.default(DAY_MS).describe('How old it may be.'),
  })
  .prefault({});

/** Who may open at once, without an approval. */
export const breakGlass = z.strictObject({
  name: name.describe('Name of the rule, shown on cards; no policy may have it.'),
  who: z.array(somebody).min(1).describe('Who may break glass: people, groups, or attributes.'),
  machines,
  ports: ports.describe('Ports that may be opened. The first is the default.'),
  sources: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Sources that may be opened to, as in policies. If unset, any single address.'),
  bastion: z.boolean().default(false).describe('Allow the whole subnet of an Azure Bastion.'),
  upTo: duration.default(HOUR_MS).describe('Longest time; 24h at most. It cannot be extended.'),
  tell: z
    .array(name)
    .default([])
    .describe(
      'Places that are told at once, besides those of `operators`, the manager, the reviewers, and `security` in person.',
    ),
  review: review.describe('The review that is owed afterwards.'),
});
