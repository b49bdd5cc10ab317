import type { Card, Store } from '../ports/store.ts';
import type { AskScript } from './asking.ts';
import { encodeCard } from './codec.ts';
import { KEEP } from './limits.ts';

interface Batch {
  readonly lines: string[];
  readonly kept: Promise<void>;
}

/**
 * Keeps cards. Those of one request that are kept in the same turn of the event loop go in one script, in their order: whoever tells of a
 * new state tells of it at each of its places.
 */
export function keepingCards(ask: AskScript): Store['keepCard'] {
  const open = new Map<string, Batch>();
  const begin = (id: string): Batch => {
    const lines: string[] = [];
    // After all that this turn still does.
    const turnEnds = new Promise<void>((resolve) => process.nextTick(resolve));
    const kept = turnEnds.then(async () => {
      open.delete(id);
      await ask('keep-card', id, KEEP.cardsMs, ...lines);
    });
    const batch = { lines, kept };
    open.set(id, batch);
    return batch;
  };
  return async (id: string, card: Card) => {
    const { begins, line } = encodeCard(card);
    const { lines, kept } = open.get(id) ?? begin(id);
    lines.push(begins, line);
    await kept;
  };
}
