import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import { failed } from '../../core/request/closing.ts';
import { owes } from '../../core/request/owes.ts';
import { type Activating, isInForce, placementsOf, type Request } from '../../core/request/request.ts';
import type { Desired } from '../../core/rule/plan.ts';
import { type Observed, placementKey } from '../../core/rule/rule.ts';
import type { Deps } from '../deps.ts';
import { tellLoudly } from '../protect/loud.ts';
import type { LookOutcome } from './outcome.ts';

/**
 * Requests that nobody here wrote. Nothing is opened for them; a rule that stands already, as after an update from a version that sealed
 * nothing, stays until the end that its mark bears, whatever the record says.
 */
export function keptFor(
  requests: readonly Request[],
  { ours }: Pick<Observed, 'ours'>,
  now: Instant,
): readonly Desired[] {
  const wanted = new Set(requests.filter(isUnsealedLease).flatMap(placementsOf).map(placementKey));
  return ours.flatMap(({ placement, mark, until, requests: named }): readonly Desired[] => {
    const isKept = mark === 'valid' && until !== undefined && until > now && wanted.has(placementKey(placement));
    return isKept ? [{ placement, until, ...(named ? { requests: named } : {}) }] : [];
  });
}

/** In force by a record that nobody here wrote. */
export function isUnsealedLease(request: Request): boolean {
  return request.isUnsealed === true && isInForce(request);
}

/** What comes of one of them: it goes on as long as all that it says is there, and ends as soon as something would be opened. */
export function unsealedOutcome(request: Request, kept: readonly Desired[], now: Instant): LookOutcome | undefined {
  if (!isInForce(request)) return undefined;
  const there = new Set(kept.map(({ placement }) => placementKey(placement)));
  const isThere = placementsOf(request).every((placement) => there.has(placementKey(placement)));
  if (isThere && owes(request) === undefined) return undefined;
  const error = new JitError('notOurs');
  return { next: failed(request, error, now), event: 'failed', text: error.code };
}

/** It ends before anything is opened, and operators hear of it. */
export async function refuseUnsealed(deps: Deps, request: Activating, now: Instant): Promise<LookOutcome> {
  const { id, machineName, requester, breakGlass } = request;
  const what = breakGlass ? say`access by breaking the glass` : say`access that was approved`;
  await tellLoudly(deps, say`Somebody else wrote a request to Redis`, [
    say`Request \`${id}\` says that it is ${what}, for ${requester.name} on ${machineName}. This Drawbridge did not write it, so nothing was opened.`,
    say`After an update from a version that sealed no requests this is one of its own. Otherwise find out who can write to Redis.`,
  ]);
  const error = new JitError('notOurs');
  return { next: failed(request, error, now), event: 'failed', text: error.code };
}
