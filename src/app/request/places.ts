import type { Instant } from '../../core/language/instant.ts';
import type { Person } from '../../core/people/person.ts';
import { type Place, uniquePlaces } from '../../core/people/place.ts';
import { MOST_PLACES } from '../../core/policy/floods.ts';
import { approvedByPolicy } from '../../core/request/escalation.ts';
import type { Tally } from '../../core/request/life.ts';
import type { Pending, Request } from '../../core/request/request.ts';
import type { Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import type { AllowedCase } from './judgement.ts';

/** The channels that the policies tell, each approver's own chat, and that of each whose request it is, where it was made if it can be. */
export function placesFor(
  deps: Deps,
  people: readonly Person[],
  { approvers, policies }: AllowedCase,
  { chat }: Sender,
): readonly Place[] {
  const theirs = people.flatMap((person) => {
    const own = deps.directory.reach(person);
    return own.find((place) => place.chat === chat) ?? own[0] ?? [];
  });
  const told = policies.flatMap(({ tell }) => tell);
  const places = uniquePlaces([...told, ...ownPlaces(deps, approvers), ...theirs]);
  // Whoever asked gets a card in any case.
  return places.length > MOST_PLACES ? uniquePlaces([...theirs, ...places]) : places;
}

/** Whom the stage that is open now asks, with their places beside those there are: so many more at most. */
export function askedOf(
  deps: Deps,
  { places, leftOut }: Pick<Request, 'places' | 'leftOut'>,
  allowed: Pick<AllowedCase, 'approvers' | 'because' | 'insteadOf' | 'leftOut' | 'escalatesAt' | 'reminders'>,
): Tally {
  const { approvers, escalatesAt, reminders = [] } = allowed;
  const all = uniquePlaces([...places, ...ownPlaces(deps, approvers)]);
  return {
    ...(leftOut ? { leftOut: [] } : {}),
    ...whomAsked(deps, allowed),
    places: all.slice(0, places.length + MOST_PLACES),
    ...(escalatesAt === undefined ? {} : { escalatesAt }),
    ...(reminders.length > 0 ? { reminders } : {}),
  };
}

/** Who is asked, and as what; and who is not, though they could be. */
export function whomAsked(
  { directory }: Pick<Deps, 'directory'>,
  { approvers, because, insteadOf, leftOut = [] }: Pick<AllowedCase, 'approvers' | 'because' | 'insteadOf' | 'leftOut'>,
): Pick<Request, 'asked' | 'leftOut'> {
  const asked = approvers.map((person) => {
    const { id, name } = person;
    const as = because?.get(id);
    const isUntold = directory.reach(person).length === 0;
    const other = insteadOf?.get(id);
    return {
      id,
      name,
      ...(other ? { for: other } : {}),
      ...(as === undefined ? {} : { as }),
      ...(isUntold ? { isUntold: true as const } : {}),
    };
  });
  return { asked, ...(leftOut.length > 0 ? { leftOut } : {}) };
}

/** Its policies let it in without a decision. */
export function byPolicy(request: Pending, now: Instant) {
  const text = `by policy ${request.policies.join(', ')}`;
  return { next: approvedByPolicy(request, now), event: 'approved', by: 'drawbridge', text };
}

function ownPlaces({ directory }: Deps, people: readonly Person[]): readonly Place[] {
  return people.flatMap((person) => directory.reach(person).slice(0, 1));
}
