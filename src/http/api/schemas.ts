import { z } from 'zod';

/** What calls take and give, once: what is not named here is neither read nor told. */

const LONGEST_WORDS = 2_000;

/** What the header `Idempotency-Key` may be. */
export const KEY = /^[\w-]{8,64}$/;

const named = z.object({ id: z.string(), name: z.string() }).meta({ id: 'Named' });

export const words = z.string().min(1).max(LONGEST_WORDS);
const line = z.string().min(1).max(200);
const reason = z.string().max(LONGEST_WORDS);

const STATES = [
  'pending',
  'scheduled',
  'activating',
  'active',
  'closing',
  'ended',
  'denied',
  'withdrawn',
  'expired',
] as const;

export const access = z
  .object({
    id: z.string(),
    version: z.number(),
    status: z.enum(STATES),
    requester: named,
    askedBy: named.optional(),
    machine: z.object({ id: z.string(), name: z.string(), cloud: z.string(), location: z.string().optional() }),
    ports: z.array(z.string()),
    source: z.string(),
    sourceName: z.string().optional(),
    reason: z.string(),
    policies: z.array(z.string()),
    askedAt: z.iso.datetime(),
    answerBy: z.iso.datetime().optional(),
    asked: z.array(named).optional(),
    reviews: z.array(
      named.extend({
        verdict: z.string(),
        of: z.enum(['request', 'extension']).optional(),
        at: z.iso.datetime(),
        reason: z.string().optional(),
      }),
    ),
    from: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
    connect: z.array(z.object({ address: z.string(), port: z.number(), of: z.string() })).optional(),
    breakGlass: z.literal(true).optional(),
    drill: z.literal(true).optional(),
    trouble: z.string().optional(),
  })
  .meta({ id: 'Access' });

export const done = z.object({ request: access, said: z.array(z.string()) }).meta({ id: 'Done' });

export const page = z
  .object({
    title: z.string(),
    sections: z.array(z.object({ heading: z.string(), lines: z.array(z.string()) })),
  })
  .meta({ id: 'Page' });

export const shown = z.object({ request: access, page }).meta({ id: 'Shown' });

export const list = z
  .object({ requests: z.array(access), next: z.string().optional(), notes: z.array(z.string()) })
  .meta({ id: 'List' });

export const machines = z
  .object({ machines: z.array(z.object({ id: z.string(), name: z.string(), where: z.string() })) })
  .meta({ id: 'Machines' });

export const self = z
  .object({
    id: z.string(),
    name: z.string(),
    says: z.array(z.string()),
    address: z.string(),
    isLimited: z.boolean(),
    until: z.iso.datetime().optional(),
  })
  .meta({ id: 'Self' });

export const signIn = z
  .object({
    issuer: z.string(),
    clientId: z.string(),
    deviceClientId: z.string().optional(),
    scope: z.string(),
    installation: z.string(),
  })
  .meta({ id: 'SignIn' });

/** As in chat behind the verb, or in parts, each spelled as there. */
export const ask = z
  .union([
    z.strictObject({ words }),
    z.strictObject({
      machine: line,
      ports: z.array(line).max(50).optional(),
      for: line.optional(),
      from: line.optional(),
      at: line.optional(),
      because: reason.min(1),
    }),
  ])
  .meta({ id: 'Ask' });

export const approval = z
  .strictObject({
    version: z.int().min(1).optional(),
    reason: reason.optional(),
    number: z
      .string()
      .regex(/^\d{1,4}$/, 'must be 1 to 4 digits')
      .optional(),
  })
  .meta({ id: 'Approval' });
export const denial = z.strictObject({ reason: reason.min(1) }).meta({ id: 'Denial' });
export const ending = z.strictObject({ reason: reason.optional() }).meta({ id: 'Ending' });
/** `for 1h`, `until 18:00`. */
export const longer = z.strictObject({ words: z.string().max(200).optional() }).meta({ id: 'Longer' });

export const whose = z.strictObject({
  whose: z.enum(['mine', 'pending', 'all']).optional(),
  limit: z
    .string()
    .regex(/^(?:[1-9]\d?|1\d\d|200)$/, 'must be a number from 1 to 200')
    .optional(),
  after: z
    .string()
    .regex(/^[\w-]{1,64}$/, 'must be what an answer gave as next')
    .optional(),
});
export const sought = z.strictObject({ like: z.string().max(200).optional() });
export const spelled = z.strictObject({ words });
export const nothing = z.strictObject({});

/** RFC 9457, with the code and kind of the error, what of the call it is about and, of an approval that needs more, what it needs. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    code: z.string(),
    kind: z.string(),
    errors: z
      .array(z.object({ in: z.enum(['body', 'query', 'path', 'header']), field: z.string(), detail: z.string() }))
      .optional(),
    stepUp: z.union([z.object({ link: z.string() }), z.object({ numbers: z.array(z.string()) })]).optional(),
  })
  .meta({ id: 'Problem' });
