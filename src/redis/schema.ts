import { z } from 'zod';
import type { Code } from '../core/errors/errors.ts';
import type { MachineId } from '../core/machine/machine.ts';
import type { Request } from '../core/request/request.ts';
import { isInForce, type Status, WORKFLOW } from '../core/request/workflow.ts';

/*
 * The shape of a stored record. Unknown fields are kept (looseObject): a record written by a newer version survives being
 * saved by an older one.
 */
const instant = z.number();
const text = z.string();
const machine = z.custom<MachineId>((value) => typeof value === 'string' && /^(azure|aws):./.test(value));
const code = z.custom<Code>((value) => typeof value === 'string');
const status = z.custom<Status>((value) => typeof value === 'string' && Object.hasOwn(WORKFLOW, value));
const who = z.looseObject({ id: text, name: text });
const port = z.looseObject({ number: z.number(), protocol: z.enum(['tcp', 'udp']) });
const place = z.looseObject({ chat: z.enum(['slack', 'teams']), kind: z.enum(['channel', 'private']), id: text });
const review = z.looseObject({
  by: who,
  at: instant,
  verdict: z.enum(['approve', 'deny']),
  reason: text.optional(),
});
const placement = z.looseObject({
  rule: z.looseObject({ machine, port, source: text }),
  backend: text,
  at: text,
  id: text.optional(),
  locks: z.array(text),
  detail: z.record(text, z.union([text, z.array(text)])).optional(),
});

const lease = z.looseObject({
  from: instant,
  until: instant,
  placements: z.array(placement),
  openedAt: instant.optional(),
  seenUntil: instant.optional(),
  connect: text.optional(),
});

const extension = z.looseObject({
  by: who,
  at: instant,
  version: z.number(),
  forMs: z.number(),
  answerBy: instant,
  reviews: z.array(review),
});

const proof = z.looseObject({
  at: instant,
  verdict: z.enum(['closed', 'open', 'shared', 'unknown']),
  through: z.array(text).optional(),
  until: instant.optional(),
});

const ending = z.looseObject({
  why: z.enum(['elapsed', 'revoked', 'failed']),
  at: instant,
  by: who.optional(),
  say: text.optional(),
});

export const requestSchema: z.ZodType<Request> = z
  .looseObject({
    id: text,
    version: z.number().int().positive(),
    status,
    askedAt: instant,
    requester: who,
    machine,
    machineName: text,
    ports: z.array(port),
    source: text,
    bastion: text.optional(),
    forMs: z.number(),
    justification: text,
    policy: text,
    asked: z.array(who),
    places: z.array(place),
    answerBy: instant,
    reviews: z.array(review),
    lease: lease.optional(),
    extension: extension.optional(),
    standing: z.array(z.looseObject({ port, source: text, through: text })),
    cutsSessions: z.boolean().optional(),
    remindedFor: instant.optional(),
    trouble: z.looseObject({ code, say: text, since: instant, tries: z.number() }).optional(),
    ending: ending.optional(),
    proof: proof.optional(),
    watchUntil: instant.optional(),
    lookAt: instant.optional(),
    timeline: z.array(z.looseObject({ at: instant, event: text, by: text.optional(), text: text.optional() })),
  })
  .refine((request) => !(isInForce(request.status) || request.status === 'closing') || request.lease !== undefined, {
    message: 'no lease',
  });

export const cardSchema = z.looseObject({
  place,
  nonce: text,
  ref: z.record(text, text).optional(),
  version: z.number(),
  trying: z.number().optional(),
  announced: text.optional(),
  digest: text.optional(),
});

/** A place's key and its card without the place. */
export const cardLine = z.tuple([text, z.looseObject({})]);
