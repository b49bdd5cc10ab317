import { placeKey } from '../../src/core/people/place.ts';
import { entryOf } from '../../src/core/request/audited.ts';
import type { Request } from '../../src/core/request/request.ts';
import type { Store } from '../../src/ports/store.ts';
import { quietChat } from '../quiet-chat.ts';

const AT_ONCE = 250;
const ENDLESS = new AbortController().signal;
const slack = quietChat('slack');

/** Writes open leases into the store as the program left them when it opened them, cards included. */
export async function seedLeases(store: Store, leases: readonly Request[]): Promise<void> {
  for (let from = 0; from < leases.length; from += AT_ONCE) {
    const some = leases.slice(from, from + AT_ONCE);
    const saved = await store.save(
      some.map((next) => {
        const audit = entryOf(undefined, { next, event: 'opened', by: 'drawbridge' });
        return { next, from: 0, ...(audit ? { audit } : {}) };
      }),
    );
    if (saved.some((one) => one !== 'saved')) throw new Error('a lease was not saved');
    await Promise.all(some.map((request) => keepCards(store, request)));
  }
}

async function keepCards(store: Store, request: Request): Promise<void> {
  for (const place of request.places) {
    const nonce = placeKey(place).slice(-12);
    const ref = await slack.publish({ request: request.id } as never, place, { nonce, tried: false }, ENDLESS);
    await store.keepCard(request.id, { place, nonce, ref, version: request.version, announced: 'open' });
  }
  await store.published(request.id, request.version);
}
