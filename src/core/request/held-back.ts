import { type Instant, SECOND_MS } from '../language/instant.ts';
import { note } from './life.ts';
import { extensionOf, type Pending, type Request } from './request.ts';

/** A burst is over when nothing more was held back for as long. */
const QUIET_MS = 30 * SECOND_MS;
/** Where nobody else is asked, they hear of it within a minute, whether the burst is over or not. */
const ALONE_MS = 45 * SECOND_MS;

/** What is news to whoever was told in a summary only: they get a card of their own after all. */
const FOR_THEM = /^(?:nudge|remind|alarm)-/;

/** Is there to be no card of it in their own chat? Of more time, of a reminder, and of an alarm there always is. */
export function hasNoCard(request: Request, id: string, announce: string): boolean {
  const isHeld = request.heldBack?.some((one) => one.id === id) ?? false;
  return isHeld && !request.breakGlass && !extensionOf(request) && !FOR_THEM.test(announce);
}

/** Who is still to be told of it in a summary: nobody once it waits no more, or they have decided. */
export function untold({ status, heldBack = [], asked, reviews }: Request): readonly string[] {
  if (status !== 'pending') return [];
  const mayDecide = (id: string) => asked.some((one) => one.id === id) && !reviews.some(({ by }) => by.id === id);
  return heldBack.flatMap(({ id, toldAt }) => (toldAt === undefined && mayDecide(id) ? [id] : []));
}

/** Is somebody to be told now of these, which were held back from them? `withinMs`: of a burst that goes on, they are told as often. */
export function isSummaryDue(held: readonly Request[], person: string, now: Instant, withinMs: number): boolean {
  const since = (request: Request) => request.heldBack?.find(({ id }) => id === person)?.since ?? request.askedAt;
  const times = held.map(since);
  const isAlone = held.some((request) => request.asked.length === 1 && now - since(request) >= ALONE_MS);
  return isAlone || now - Math.max(...times) >= QUIET_MS || now - Math.min(...times) >= withinMs;
}

/** The summary told this person of it. */
export function summedUp(request: Pending, person: string, now: Instant): Pending {
  const heldBack = (request.heldBack ?? []).map((one) => (one.id === person ? { ...one, toldAt: now } : one));
  return { ...request, ...note(request), heldBack };
}
