import { z } from 'zod';
import { HOUR_MS, MINUTE_MS } from '../core/language/instant.ts';
import { CARD_LIMITS, FLOOD_LIMITS } from '../core/policy/floods.ts';
import { duration } from './fields.ts';

/** How many requests there may be at once. */
export const requests = z
  .strictObject({
    perPerson: z
      .number()
      .int()
      .min(1)
      .max(500)
      .default(FLOOD_LIMITS.person)
      .describe('Requests that one person may have pending or open at once. Closing and deciding have no limit.'),
    perMachine: z
      .number()
      .int()
      .min(1)
      .default(FLOOD_LIMITS.machine)
      .describe('Requests that may be pending or open on one machine at once.'),
    cardsPerApprover: z
      .number()
      .int()
      .min(1)
      .max(100)
      .default(CARD_LIMITS.most)
      .describe(
        'New requests within `cardsWithin` that one approver gets a card of in their own chat. More are summed up in one message, within a minute where nobody else is asked. Channels show all; break-glass, reviews, alarms, and closings are never held back.',
      ),
    cardsWithin: duration
      .refine((ms) => ms >= MINUTE_MS && ms <= HOUR_MS, 'must be between 1m and 1h')
      .default(CARD_LIMITS.withinMs)
      .describe('Within what time cards are counted for `cardsPerApprover`.'),
    total: z.number().int().min(1).default(FLOOD_LIMITS.all).describe('Requests that may be pending or open at once.'),
  })
  .prefault({});

/** What cards show. */
export const cards = z
  .strictObject({
    tags: z
      .array(z.string().min(1).max(256))
      .max(5)
      .default([])
      .describe('Tags of machines that cards show among their details, such as `[env, owner]`: five at most.'),
  })
  .prefault({});
