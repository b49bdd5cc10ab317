import { isMeant, type Person } from '../../core/people/person.ts';
import { extensionOf, isWaiting, type Request } from '../../core/request/request.ts';
import { type HomePage, homePage } from '../../core/view/home-page.ts';
import type { Deps } from '../deps.ts';
import { listFor, mayRequest } from './queries.ts';

/** So many of their own requests are looked through for machines, and for what is over. */
const MOST_RECENT = 30;

/** The page of one person, from records alone: no cloud is asked, so that it is there at once. */
export async function home(deps: Deps, person: Person): Promise<HomePage> {
  const [now, all, own] = await Promise.all([
    deps.store.now(),
    listFor(deps, person),
    deps.store.recent(person.id, MOST_RECENT),
  ]);
  const mine = all.filter(({ requester }) => requester.id === person.id);
  const current = new Set(mine.map(({ id }) => id));
  const machines = new Map(own.map(({ machine: id, machineName: name }) => [id, { id, name }]));
  return homePage({
    at: now.at,
    mine,
    waiting: all.filter((request) => waitsFor(person, request)).sort((a, b) => rank(person, a) - rank(person, b)),
    recent: own.filter(({ id }) => !current.has(id)),
    machines: [...machines.values()],
    isProtector: isMeant(person, deps.rules.protectors),
    mayRequest: mayRequest(deps, person),
  });
}

/** Somebody else's, and this person has not said anything of it yet. */
function waitsFor({ id }: Person, request: Request): boolean {
  if (request.requester.id === id || !isWaiting(request)) return false;
  const reviews = extensionOf(request)?.reviews ?? request.reviews;
  return !reviews.some(({ by }) => by.id === id);
}

/** Those whom it asks by name come first. */
function rank({ id }: Person, { asked }: Request): number {
  return asked.some((one) => one.id === id) ? 0 : 1;
}
