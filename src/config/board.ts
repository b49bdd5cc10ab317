import { z } from 'zod';
import { HOUR_MS } from '../core/language/instant.ts';
import { duration, subject } from './fields.ts';

/** A page to look at. */
export const board = z.strictObject({
  session: duration
    .default(8 * HOUR_MS)
    .describe('How long somebody stays signed in, at most a day. A link from chat is good for half an hour.'),
});

/** Who may read what is somebody else's. */
export const reader = z.strictObject({
  who: z.array(subject).min(1).describe('People and groups.'),
  policies: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('Requests that were judged by one of these policies. If unset, everything.'),
});
