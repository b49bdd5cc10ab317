import { CARD_LIMITS } from '../../core/policy/floods.ts';
import { cardIdOf } from '../../core/request/group.ts';
import type { HeldBack, Pending } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';

/** So many of what waits for one person are looked at. */
const MOST_READ = 200;
/** So many people are looked at: the lists of whom a request asks have no more. */
const MOST_PEOPLE = 16;

/** The request with those of whom it asks who got so many cards lately that this one is held back, and summed up with others. */
export async function holdingBack(deps: Deps, request: Pending): Promise<Pending> {
  const reached = request.asked.filter(({ isUntold }) => !isUntold).slice(0, MOST_PEOPLE);
  const heldBack = await Promise.all(reached.map(({ id }) => heldFrom(deps, request, id)));
  const held = heldBack.flat();
  return held.length > 0 ? { ...request, heldBack: held } : request;
}

async function heldFrom(deps: Deps, { askedAt }: Pending, id: string): Promise<readonly HeldBack[]> {
  const { most, withinMs } = deps.rules.cards ?? CARD_LIMITS;
  const found = await deps.store.find({ by: 'asked', which: id }, MOST_READ);
  const lately = found.filter((one) => one.askedAt > askedAt - withinMs);
  const cards = lately.filter(
    (one) =>
      one.breakGlass === undefined &&
      one.asked.some((other) => other.id === id) &&
      !one.heldBack?.some((other) => other.id === id),
  );
  // Where more came than are looked at, the cards may be behind them.
  // Several of one command are one card.
  const count = new Set(cards.map(cardIdOf)).size;
  return count >= most || lately.length >= MOST_READ ? [{ id }] : [];
}
