import { z } from 'zod';
import { name } from './fields.ts';

const hears = z
  .enum(['all', 'decisions', 'problems'])
  .default('all')
  .describe(
    'What of requests is posted here: everything; what was decided, opened, and ended; or what needs somebody: trouble, broken glass, nobody who can decide. Whoever is asked to decide has a card of their own.',
  );

export const place = z.union(
  [
    z.strictObject({
      slack: z
        .string()
        .regex(/^[CG][A-Z0-9]+$/, 'must be a channel ID such as C0123ABCD')
        .describe('ID of a Slack channel.'),
      hears,
    }),
    z.strictObject({
      teams: z
        .string()
        .min(1)
        .describe('ID of a Teams channel (19:…@thread.tacv2), or of a group or meeting chat (19:…@thread.v2).'),
      hears,
    }),
  ],
  {
    error: 'must be { slack: C… } or { teams: 19:… }',
  },
);

export const operators = z
  .array(name)
  .default([])
  .describe(
    'Places that are told of trouble with Drawbridge itself, once when it begins and once when it is over: Redis away or filling up, a lost sign-in, late closings, a crash. If unset, trouble with Redis goes to the places of policies and digest, and the rest to the log alone.',
  );
