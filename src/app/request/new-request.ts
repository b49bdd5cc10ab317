import type { Instant } from '../../core/language/instant.ts';
import type { Person } from '../../core/people/person.ts';
import type { Place } from '../../core/people/place.ts';
import { MOST_PLACES } from '../../core/policy/floods.ts';
import { ticketsOf } from '../../core/policy/needs.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { earlierOf, LOOKED_BACK, shownTags } from '../../core/request/history.ts';
import { asked } from '../../core/request/life.ts';
import { type Pending, type Request, requestId } from '../../core/request/request.ts';
import { whoseSource } from '../../core/request/whose-source.ts';
import type { Cloud } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { cloudFor } from '../machine/cloud.ts';
import { factsOf } from './changed.ts';
import { confirmedBy } from './confirmed.ts';
import { type AllowedCase, cutting } from './judgement.ts';
import { whomAsked } from './places.ts';

/** What is asked for, and of which request it is the next. */
type What = Pick<
  Request,
  | 'requester'
  | 'machine'
  | 'machineName'
  | 'location'
  | 'ports'
  | 'source'
  | 'sourceName'
  | 'bastion'
  | 'forMs'
  | 'startsAt'
  | 'together'
  | 'askedBy'
  | 'endBy'
  | 'justification'
  | 'follows'
  | 'denied'
> &
  Partial<Pick<Request, 'id'>>;

/** A new request that nothing stands against, for its cards at these places: so many at most. */
export async function newRequest(
  deps: Deps,
  what: What,
  allowed: AllowedCase,
  places: readonly Place[],
): Promise<Pending> {
  const { policies, quorum, missing, escalatesAt, reminders = [], state, bearers } = allowed;
  const { at: askedAt } = await deps.store.now();
  const recent = await deps.store.recent(what.requester.id, LOOKED_BACK);
  const whose = await whoseOf(deps, what, allowed.requester, recent);
  const earlier = earlierOf(recent, what.machine, askedAt);
  const tags = shownTags(state.machine.tags, deps.rules.cardTags ?? []);
  const left = places.length - MOST_PLACES;
  const tickets = ticketsOf(policies, what.justification);
  const warnings = [
    ...(state.warnings ?? []),
    ...(bearers === undefined ? [] : [bearers]),
    ...(left > 0 ? [`Cards go to ${MOST_PLACES} places at most: ${left} approvers or channels more get none.`] : []),
  ];
  return asked({
    ...what,
    ...factsOf(what, allowed),
    ...(whose ? { whose } : {}),
    ...(earlier ? { earlier } : {}),
    ...(tags ? { tags } : {}),
    id: what.id ?? requestId(deps.random(7)),
    askedAt,
    ...whomAsked(deps, allowed),
    places: places.slice(0, MOST_PLACES),
    answerBy: answerBy(what, askedAt, policies),
    quorum,
    ...(tickets.length > 0 ? { tickets } : {}),
    ...(missing.length === 0 ? { escalatesAt: askedAt } : escalatesAt === undefined ? {} : { escalatesAt }),
    ...(reminders.length > 0 && missing.length > 0 ? { reminders } : {}),
    ...sessionsOf(cutting(what.source, state), cloudFor(deps, what.machine), policies),
    ...(warnings.length > 0 ? { warnings } : {}),
  });
}

async function whoseOf(deps: Deps, what: What, requester: Person, recent: readonly Request[]) {
  const confirmed = await confirmedBy(deps, requester);
  const published = await deps.published?.of(what.source);
  return whoseSource(what, { confirmed, recorded: requester.address, recent, published }, deps.rules.sources);
}

/** Nobody is asked any more once it would be over. */
function answerBy(
  { startsAt, forMs, endBy = Number.POSITIVE_INFINITY }: What,
  askedAt: Instant,
  policies: readonly Policy[],
): Instant {
  const last = askedAt + Math.min(...policies.map(({ unansweredMs }) => unansweredMs));
  return Math.min(last, endBy, startsAt === undefined ? last : startsAt + forMs);
}

/** A cloud that has to be told to cut sessions is told where a policy of the request wants it. */
export function sessionsOf(
  { cutsSessions, sessionsStay }: ReturnType<typeof cutting>,
  { cut }: Cloud,
  policies: readonly Policy[],
) {
  const isWanted = !cut || policies.some((policy) => policy.cutSessions);
  if (cutsSessions && isWanted) return { cutsSessions: true };
  const why = cutsSessions ? 'no policy of this request has `cutSessions`' : sessionsStay;
  return why === undefined ? {} : { sessionsStay: why };
}
