import type { Instant } from '../../core/language/instant.ts';
import { CARD_LIMITS } from '../../core/policy/floods.ts';
import { cardIdOf } from '../../core/request/group.ts';
import type { Tally } from '../../core/request/life.ts';
import type { AskedPerson, HeldBack, Pending, Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';
import type { AllowedCase } from './judgement.ts';
import { askedOf } from './places.ts';

/** So many of what waits for one person are looked at. */
const MOST_READ = 200;
/** So many people are looked at: the lists of whom a request asks have no more. */
const MOST_PEOPLE = 16;

/** What puts a request before those who are asked. */
const ASKING: ReadonlySet<string> = new Set([
  'asked',
  'asked again',
  'escalated',
  'hurried',
  'routed again',
  'reviewed',
]);

/** The request with those of whom it asks who got so many cards lately that this one is held back, and summed up with others. */
export async function holdingBack(deps: Deps, request: Pending): Promise<Pending> {
  const held = await heldOf(deps, request, request.asked, request.askedAt);
  return held.length > 0 ? { ...request, heldBack: held } : request;
}

/** Whom the stage that is open now asks, as `askedOf` has it, with those of them who got so many cards lately. Who is asked already keeps their card. */
export async function askedHolding(deps: Deps, request: Request, allowed: AllowedCase): Promise<Tally> {
  const counted = askedOf(deps, request, allowed);
  if (request.status !== 'pending') return counted;
  const before = new Set(request.asked.map(({ id }) => id));
  const { at } = await deps.store.now();
  const held = await heldOf(
    deps,
    request,
    (counted.asked ?? []).filter(({ id }) => !before.has(id)),
    at,
  );
  return held.length > 0 ? { ...counted, heldBack: [...(request.heldBack ?? []), ...held] } : counted;
}

/** The same where everybody is asked anew: of very many, they are told of the first one by one. */
export async function askedAnewHolding(deps: Deps, request: Request, allowed: AllowedCase): Promise<Tally> {
  const counted = askedOf(deps, request, allowed);
  const { at } = await deps.store.now();
  const held = await heldOf(deps, request, counted.asked ?? [], at);
  return held.length > 0 || request.heldBack ? { ...counted, heldBack: held } : counted;
}

async function heldOf(
  deps: Deps,
  { id }: Request,
  asked: readonly AskedPerson[],
  at: Instant,
): Promise<readonly HeldBack[]> {
  const reached = asked.filter(({ isUntold }) => !isUntold).slice(0, MOST_PEOPLE);
  const held = await Promise.all(reached.map((one) => isHeld(deps, id, one.id, at)));
  return reached.flatMap((one, i) => (held[i] ? [{ id: one.id, since: at }] : []));
}

async function isHeld(deps: Deps, request: string, person: string, at: Instant): Promise<boolean> {
  const { most, withinMs } = deps.rules.cards ?? CARD_LIMITS;
  const found = await deps.store.find({ by: 'asked', which: person }, MOST_READ);
  const lately = found.filter((one) => one.id !== request && askedLast(one) > at - withinMs);
  const cards = lately.filter(
    (one) =>
      one.breakGlass === undefined &&
      one.asked.some((other) => other.id === person) &&
      !one.heldBack?.some((other) => other.id === person),
  );
  // Several of one command are one card.
  const count = new Set(cards.map(cardIdOf)).size;
  // Where more came than are looked at, the cards may be behind them.
  return count >= most || lately.length >= MOST_READ;
}

function askedLast({ askedAt, timeline }: Request): Instant {
  return timeline.findLast(({ event }) => ASKING.has(event))?.at ?? askedAt;
}
