import { z } from 'zod';
import type { Code } from '../core/errors/errors.ts';
import type { Saying } from '../core/language/text.ts';
import { isMachineId, type MachineId } from '../core/machine/machine.ts';
import type { Approver } from '../core/policy/stage.ts';
import type { Request } from '../core/request/request.ts';
import type { Strays } from '../core/request/stray.ts';
import { migrated } from './migrate.ts';

/*
 * The shape of a stored record. Unknown fields are kept (looseObject): a record written by a newer version survives being
 * saved by an older one.
 */
/** What a `Date` can be (ECMA-262, "Time Values and Time Range"): of any other no text can be made. */
const instant = z.number().min(0).max(8.64e15);
/** Far longer than anything lasts, so that an instant and it are an instant. */
const span = z.number().min(0).max(1e12);
const text = z.string();
const machine = z.custom<MachineId>(isMachineId);
const code = z.custom<Code>((value) => typeof value === 'string');
const who = z.looseObject({ id: text, name: text });
const port = z.looseObject({ number: z.number(), protocol: z.enum(['tcp', 'udp']) });
const place = z.looseObject({ chat: z.enum(['slack', 'teams']), kind: z.enum(['channel', 'private']), id: text });
const review = z.looseObject({
  by: who,
  at: instant,
  verdict: z.enum(['approve', 'deny']),
  reason: text.optional(),
  for: who.optional(),
  seen: text.optional(),
  more: text.optional(),
  policyVersion: text.optional(),
  stepUp: z.enum(['numberMatch', 'signIn']).optional(),
  extension: z.literal(true).optional(),
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
const openLease = lease.extend({ openedAt: instant, seenUntil: instant });

const quorum = z.array(z.looseObject({ policy: text, needs: z.number(), by: z.array(text), from: text }));
const extension = z.looseObject({
  by: who,
  at: instant,
  version: z.number(),
  forMs: span,
  answerBy: instant,
  reviews: z.array(review),
  quorum: quorum.optional(),
  reminders: z.array(instant).optional(),
});

const way = z.looseObject({ source: text.optional(), sourceName: text.optional(), through: text });
const portProof = z.discriminatedUnion('verdict', [
  z.looseObject({ port, verdict: z.literal('open'), ways: z.array(way), until: instant.optional() }),
  z.looseObject({ port, verdict: z.literal('unknown'), why: text, until: instant.optional() }),
  z.looseObject({ port, verdict: z.literal('shared'), until: instant }),
  z.looseObject({ port, verdict: z.literal('closed') }),
]);
const proof = z.looseObject({
  at: instant,
  verdict: z.enum(['closed', 'open', 'shared', 'unknown']),
  ports: z.array(portProof),
  receipt: z.looseObject({ code: text, cloudAt: instant.optional() }).optional(),
});

const portCut = z.union([
  z.looseObject({ port, found: z.number(), left: z.number() }),
  z.looseObject({ port, keptUntil: instant }),
]);
const cutting = {
  since: instant,
  at: instant,
  tries: z.number(),
  until: instant.optional(),
  asked: z.array(port).optional(),
  command: text.optional(),
  ports: z.array(portCut).optional(),
};
const cut = z.discriminatedUnion('state', [
  z.looseObject({ state: z.literal('owed'), ...cutting }),
  z.looseObject({ state: z.literal('under way'), ...cutting }),
  z.looseObject({ state: z.literal('done'), at: instant, ports: z.array(portCut) }),
  z.looseObject({ state: z.literal('unknown'), at: instant, say: text }),
]);

const movedTo = z.looseObject({ request: text, source: text });
/** What an error's sentence was filled with: a text, a figure, an instant, or a sentence. */
const saying = z.custom<Saying>((one) => typeof one === 'object' && one !== null && 'say' in one && 'with' in one);
const words = z.record(z.string(), z.union([z.string(), z.number(), saying, z.looseObject({ at: z.number() })]));
const ending = z.discriminatedUnion('why', [
  z.looseObject({ why: z.literal('elapsed'), at: instant }),
  z.looseObject({ why: z.literal('revoked'), at: instant, by: who, say: text.optional(), movedTo: movedTo.optional() }),
  z.looseObject({ why: z.literal('failed'), at: instant, code: code.optional(), say: text, words: words.optional() }),
]);

const trouble = z.looseObject({ code, say: text, words: words.optional(), since: instant, tries: z.number() });
const offer = z.looseObject({
  by: who,
  for: who.optional(),
  at: instant,
  version: z.number(),
  ports: z.array(port),
  earlier: z.looseObject({ count: z.number(), denied: z.number() }).optional(),
  tags: z.record(text, text).optional(),
  source: text,
  sourceName: text.optional(),
  forMs: span,
  reason: text.optional(),
  afterwards: text.optional(),
  seen: text,
  accepted: instant.optional(),
});
const question = z.looseObject({
  by: who,
  at: instant,
  text,
  answer: z.looseObject({ at: instant, text }).optional(),
});
const again = z.looseObject({
  at: instant,
  version: z.number(),
  what: z.array(text),
  said: z.array(saying).optional(),
});
const live = { lookAt: instant };
const troubled = { trouble: trouble.optional() };
const extensible = { extension: extension.optional() };

const common = z.looseObject({
  id: text,
  version: z.number().int().positive(),
  askedAt: instant,
  askedFirst: instant.optional(),
  requester: who,
  askedBy: who.optional(),
  machine,
  machineName: text,
  location: text.optional(),
  identity: text.optional(),
  addresses: z.array(text).optional(),
  together: z.looseObject({ id: text, machines: z.array(text), members: z.array(text).optional() }).optional(),
  ports: z.array(port),
  source: text,
  sourceName: text.optional(),
  whose: z
    .looseObject({
      source: text,
      own: z.enum(['confirmed', 'recorded', 'used']).optional().catch(undefined),
      networks: z.array(text).optional(),
      published: z
        .looseObject({ network: text.optional(), asn: z.number().optional(), country: text.optional() })
        .optional()
        .catch(undefined),
    })
    .optional(),
  bastion: text.optional(),
  forMs: span,
  startsAt: instant.optional(),
  endBy: instant.optional(),
  early: z.looseObject({ until: instant, insteadOf: instant, others: z.number() }).optional(),
  justification: text,
  tickets: z.array(z.looseObject({ system: text, id: text })).optional(),
  drill: z.literal(true).optional(),
  isUnsealed: z.literal(true).optional(),
  breakGlass: z
    .looseObject({
      reviewBy: instant,
      askedAt: instant.optional(),
      remindedAt: instant.optional(),
      isLate: z.literal(true).optional(),
      key: text.optional(),
      alarmed: z.array(text).optional(),
      review: z.looseObject({ by: who, at: instant, verdict: z.enum(['right', 'wrong']), words: text }).optional(),
    })
    .optional(),
  policies: z.array(text),
  demands: z.array(text).optional(),
  follows: text.optional(),
  trace: text.optional(),
  moveWithin: z.array(z.looseObject({ source: text, sourceName: text.optional() })).optional(),
  unused: z.looseObject({ afterMs: span.optional(), untold: text.optional(), seenAt: instant.optional() }).optional(),
  moved: z.looseObject({ from: text, sourceName: text.optional(), extended: z.number() }).optional(),
  denied: z.looseObject({ by: who, at: instant, reason: text.optional() }).optional(),
  offer: offer.optional(),
  questions: z.array(question).optional(),
  policyVersion: text.optional(),
  asked: z.array(
    who.extend({
      as: z.custom<Approver>((value) => typeof value === 'string').optional(),
      isUntold: z.literal(true).optional(),
      for: who.optional(),
    }),
  ),
  leftOut: z.array(who.extend({ why: z.enum(['away', 'off work']) })).optional(),
  unreached: z
    .array(z.looseObject({ place, code: text, who: who.optional(), instead: z.enum(['slack', 'teams']).optional() }))
    .optional(),
  hurried: z.array(z.looseObject({ stage: text, at: instant })).optional(),
  heldBack: z.array(z.looseObject({ id: text, since: instant.optional(), toldAt: instant.optional() })).optional(),
  places: z.array(place),
  reviews: z.array(review),
  named: z.array(who).optional(),
  standing: z.array(z.looseObject({ port, source: text, sourceName: text.optional(), through: text })),
  cutsSessions: z.boolean().optional(),
  sessionsStay: text.optional(),
  warnings: z.array(text).optional(),
  timeline: z.array(
    z.looseObject({
      at: instant,
      event: text,
      by: text.optional(),
      text: text.optional(),
      shown: z.number().optional(),
    }),
  ),
});

/**
 * A request as it is stored. What each status always has is required there: a record that lacks it is none that may be acted on.
 * What is added is optional, as the last version reads it too: test/redis/recorded.test.ts.
 */
export const storedRequest = z.discriminatedUnion('status', [
  common.extend({
    status: z.literal('pending'),
    ...live,
    answerBy: instant,
    quorum: quorum.optional(),
    reminders: z.array(instant).optional(),
    again: again.optional(),
  }),
  common.extend({ status: z.literal('scheduled'), ...live, startsAt: instant }),
  common.extend({ status: z.enum(['denied', 'withdrawn', 'expired']) }),
  common.extend({ status: z.literal('activating'), ...live, ...troubled, ...extensible, lease }),
  common.extend({
    status: z.literal('active'),
    ...live,
    ...troubled,
    ...extensible,
    lease: openLease,
    remindedFor: instant.optional(),
  }),
  common.extend({ status: z.literal('closing'), ...live, ...troubled, lease, ending }),
  common.extend({
    status: z.literal('ended'),
    ...troubled,
    lease,
    ending,
    proof,
    watchUntil: instant.optional(),
    cut: cut.optional(),
    lookAt: instant.optional(),
  }),
]);

export const requestSchema: z.ZodType<Request> = z.preprocess(migrated, storedRequest);

export const straysSchema: z.ZodType<Strays> = z.looseObject({
  rules: z.array(z.looseObject({ placement, until: instant, unreadable: text.optional() })),
  count: z.number(),
  isWhole: z.boolean(),
});

export const cardSchema = z.looseObject({
  place,
  nonce: text,
  ref: z.record(text, text).optional(),
  version: z.number(),
  trying: z.number().optional(),
  untried: z.literal(true).optional(),
  announced: text.optional(),
  digest: text.optional(),
});

/** A place's key and its card without the place. */
export const cardLine = z.tuple([text, z.looseObject({})]);
