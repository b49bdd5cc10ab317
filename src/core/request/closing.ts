import type { JitError } from '../errors/errors.ts';
import type { Instant } from '../language/instant.ts';
import type { Cut } from './cut.ts';
import type { Ending, Proof } from './lease.ts';
import { note, scheduled, step, text } from './life.ts';
import { named } from './named.ts';
import { lookAt } from './owes.ts';
import { type Closing, type Ended, type InForce, isInForce, type Moment, type Request } from './request.ts';
import type { Who } from './review.ts';
import type { Event } from './workflow.ts';

export function elapsed(request: InForce, now: Instant): Closing {
  return closing(request, 'elapsed', { why: 'elapsed', at: now });
}

export function revoked(request: InForce, who: Who, now: Instant, reason?: string): Closing {
  const ending: Ending = { why: 'revoked', at: now, by: who, ...(reason ? { say: reason } : {}) };
  return closing(request, 'revoked', ending, { by: who.id, ...text(reason) });
}

export function failed(request: InForce, error: JitError, now: Instant): Closing {
  const say = `${error.say} ${error.hint}`;
  const { code, words } = error;
  return closing(request, 'failed', { why: 'failed', at: now, code, say, words }, { text: say });
}

/** When its rules had to be gone; undefined while nothing has to, and once that is proven. For one in force that is to come. */
export function overAt(request: Request): Instant | undefined {
  if (isInForce(request)) return request.lease.until;
  return request.status === 'closing' ? dueAt(request) : undefined;
}

/** How long after its end it was proven that its rules are gone, in milliseconds. */
export function latenessOf(request: Ended): number {
  return Math.max(0, request.proof.at - dueAt(request));
}

function dueAt({ ending, lease }: Closing | Ended): Instant {
  return ending.why === 'elapsed' ? lease.until : ending.at;
}

export function closing(request: InForce, event: Event, ending: Ending, moment?: Partial<Moment>): Closing {
  const { extension, trouble: _, ...rest } = request;
  const dropped = named(request, extension?.reviews ?? []);
  return scheduled(
    { ...rest, ...dropped, ...step(request, event, ending.at, moment), status: 'closing', ending },
    ending.at,
  );
}

/** The cloud was read back, by `via`. A watch keeps looking for a rule that lands late. */
export function closed(request: Closing, proof: Proof, watchUntil: Instant | undefined, via?: string): Ended {
  const { trouble: _, lookAt: __, ...rest } = request;
  const history = step(request, 'closed', proof.at, { text: proof.verdict, ...(via ? { by: via } : {}) });
  return watchedFor({ ...rest, ...history, status: 'ended', proof }, watchUntil, proof.at);
}

/** A look at an ended request: either the watch is over, or it goes on (`again`: a rule was found and closed again). */
export function watched(request: Ended, now: Instant, again: boolean): Ended {
  const { trouble: _, lookAt: __, watchUntil, ...rest } = request;
  const moment = again ? { at: now, event: 'closed again' } : undefined;
  const goesOn = again || (watchUntil !== undefined && now < watchUntil);
  return watchedFor({ ...rest, ...note(request, moment) }, goesOn ? watchUntil : undefined, now);
}

function watchedFor(request: Ended, watchUntil: Instant | undefined, now: Instant): Ended {
  return timed(watchUntil === undefined ? request : { ...request, watchUntil }, now);
}

function timed({ lookAt: _, ...request }: Ended, now: Instant): Ended {
  const at = lookAt(request, now);
  return at === undefined ? request : { ...request, lookAt: at };
}

/** The closing is proven, and its sessions are to be cut: a step of the commit that says so. */
export function owingCut(request: Ended, now: Instant): Ended {
  return timed({ ...request, cut: { state: 'owed', since: now, at: now, tries: 0 } }, now);
}

/** The cut went on, or came to an end; `event` where it is something that people should find in the timeline. */
export function cutAs(request: Ended, cut: Cut, now: Instant, event?: string): Ended {
  return timed({ ...request, ...note(request, event === undefined ? undefined : { at: now, event }), cut }, now);
}
