import { z } from 'zod';
import { FLOOD_LIMITS } from '../core/policy/floods.ts';

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
    total: z.number().int().min(1).default(FLOOD_LIMITS.all).describe('Requests that may be pending or open at once.'),
  })
  .prefault({});
