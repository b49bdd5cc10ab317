import { JitError } from '../errors/errors.ts';
import type { Instant } from '../language/instant.ts';
import { isWithin } from '../policy/moving.ts';
import { familyOf, namedSourceText, prefixLength, sourceText } from '../rule/source.ts';
import { closing } from './closing.ts';
import { letIn, scheduled } from './life.ts';
import type { MovedTo } from './moved.ts';
import type { Activating, Closing, InForce, Moment, Pending } from './request.ts';
import type { Review } from './review.ts';

const ONE_ADDRESS = { ipv4: 32, ipv6: 128 } as const;

/** Why the access cannot go on from there, as it was approved; undefined where it can. */
export function againstMove(request: InForce, source: string): JitError | undefined {
  const { machineName: machine, moveWithin = [] } = request;
  const words = { machine, source: sourceText(source) };
  const never = againstAnyMove(request);
  if (never) return never;
  if (prefixLength(source) !== ONE_ADDRESS[familyOf(source)]) return new JitError('moveOneAddress', words);
  if (source === request.source) return new JitError('moveHere', words);
  if (isWithin(moveWithin, source)) return undefined;
  return new JitError('moveOutside', { ...words, within: moveWithin.map(namedSourceText).join(', ') });
}

/** Why it can go on from nowhere else. */
export function againstAnyMove({ machineName: machine, moveWithin = [] }: InForce): JitError | undefined {
  return moveWithin.length > 0 ? undefined : new JitError('moveNotAllowed', { machine });
}

/** How often the requester extended it without a decision, wherever it was then. */
export function ownExtensions({ timeline, requester, moved }: InForce): number {
  const here = timeline.filter(({ event, by }) => event === 'extended' && by === requester.id).length;
  return here + (moved?.extended ?? 0);
}

/** Its rules are to go: it goes on from another source, as another request. */
export function movedAway(request: InForce, movedTo: MovedTo, now: Instant): Closing {
  const { requester: by } = request;
  const moment: Partial<Moment> = { by: by.id, text: `moved to ${sourceText(movedTo.source)}` };
  return closing(request, 'revoked', { why: 'revoked', at: now, by, movedTo }, moment);
}

/** The request that goes on with it: from when it was approved at first, and never longer. */
export function movedHere(request: Pending, from: InForce, reviews: readonly Review[], now: Instant): Activating {
  const { lease, early } = from;
  const { startsAt: _, ...rest } = request;
  const begun = early ? { ...rest, early } : rest;
  const next = letIn({ ...begun, reviews }, now, { by: request.requester.id });
  if (next.status !== 'activating') throw new Error('what is moved has begun');
  return scheduled({ ...next, lease: { from: lease.from, until: lease.until, placements: [] } }, now);
}
