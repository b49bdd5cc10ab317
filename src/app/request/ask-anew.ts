import { uniquePlaces } from '../../core/people/place.ts';
import type { Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { change, hint } from '../machine/commit.ts';
import { caseOf } from './case.ts';
import type { Changed } from './changed.ts';
import { holdingBack } from './held-back.ts';
import { analyse, mustBeAllowed } from './judgement.ts';
import { newRequest } from './new-request.ts';
import { askedOf } from './places.ts';

/**
 * What was approved, and may not be opened as it is now, becomes a new request that shows what changed: for the same people, to be
 * decided in one click. Once for each request. It throws nothing: whoever requested it was told, and can ask again themselves.
 */
export async function askAnew(deps: Deps, before: Request, { what, allowed: { state } }: Changed): Promise<void> {
  try {
    const { askedAt: _, since: __, identity: ___, ...about } = caseOf(before);
    const asked = { ...about, forMs: before.forMs, approvedBy: [] };
    const allowed = mustBeAllowed(await analyse(deps, asked, answerInTime(), async () => state));
    const places = uniquePlaces([...before.places, ...(askedOf(deps, before, allowed).places ?? [])]);
    const first = await holdingBack(deps, await newRequest(deps, subjectOf(before), allowed, places));
    const next = { ...first, again: { at: first.askedAt, version: first.version, what } };
    const said = { next, event: 'asked again', by: 'drawbridge', text: what.join('; ') };
    const commit = { ...change(deps, undefined, said), key: `again:${before.id}`, alone: true as const };
    const [saved] = await deps.store.save([commit]);
    if (saved === 'saved') await hint(deps, [next]);
  } catch (error) {
    deps.log.warn({ request: before.id, error }, 'what changed before it was opened could not be asked again');
  }
}

/** What a request that comes after this one is about. */
export function subjectOf({
  id,
  requester,
  machine,
  machineName,
  ports,
  source,
  forMs,
  justification,
  ...more
}: Request) {
  const { location, sourceName, bastion, startsAt, askedBy, endBy } = more;
  return {
    ...{ follows: id, requester, machine, machineName, ports, source, forMs, justification },
    ...(location === undefined ? {} : { location }),
    ...(sourceName === undefined ? {} : { sourceName }),
    ...(bastion === undefined ? {} : { bastion }),
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(askedBy ? { askedBy } : {}),
    ...(endBy === undefined ? {} : { endBy }),
  };
}
