import { plain } from '../../core/language/text.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import type { Request } from '../../core/request/request.ts';
import { keptChanges, together } from '../../core/view/difference.ts';
import type { Commit } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { change } from '../machine/commit.ts';
import { caseOf } from './case.ts';
import type { Changed } from './changed.ts';
import { holdingBack } from './held-back.ts';
import { analyse, mustBeAllowed } from './judgement.ts';
import { newRequest } from './new-request.ts';
import { askedOf } from './places.ts';

/**
 * What was approved, and may not be opened as it is now, becomes a new request that shows what changed: for the same people, to be
 * decided in one click, once for each request. Gives its commit, which is saved together with the end of the one before: nobody hears
 * that it is asked again while it is not. Throws what refuses it, or why nobody can tell.
 */
export async function askedAnew(deps: Deps, before: Request, { what, allowed: { state } }: Changed): Promise<Commit> {
  const { askedAt: _, since: __, identity: ___, ...about } = caseOf(before);
  const asked = { ...about, forMs: before.forMs, approvedBy: [] };
  const allowed = mustBeAllowed(await analyse(deps, asked, answerInTime(), async () => state));
  const places = uniquePlaces([...before.places, ...(askedOf(deps, before, allowed).places ?? [])]);
  const first = await holdingBack(deps, await newRequest(deps, subjectOf(before), allowed, places));
  const next = { ...first, again: { at: first.askedAt, version: first.version, ...keptChanges(what) } };
  const said = { next, event: 'asked again', by: 'drawbridge', text: plain([together(what)]) };
  return { ...change(deps, undefined, said), key: `again:${before.id}`, alone: true, with: true };
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
