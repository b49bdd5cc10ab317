import { describe, expect, it } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { callsAt } from '../../src/app/request/calls.ts';
import { type Place, placeKey } from '../../src/core/people/place.ts';
import type { Request } from '../../src/core/request/request.ts';
import type { Card } from '../../src/ports/store.ts';

const A: Place = { chat: 'slack', kind: 'channel', id: 'C1' };
const B: Place = { chat: 'slack', kind: 'channel', id: 'C2' };
const T: Place = { chat: 'teams', kind: 'channel', id: '19:t' };
const own = (id: string, chat: Place['chat'] = 'slack'): Place => ({ chat, kind: 'private', id: `${chat}-${id}` });
const request = { requester: { id: 'ada' }, asked: [{ id: 'grace' }], reviews: [] } as unknown as Request;

/** Ada has accounts in both chats, Grace in Teams alone; the second channel hears decisions only. */
const deps = {
  directory: {
    accountOf: (chat: string, id: string) => (id === 'grace' && chat === 'slack' ? undefined : `${chat}-${id}`),
  },
  rules: { hearings: new Map([[placeKey(B), 'decisions']]) },
} as unknown as Deps;

const card = (place: Place, more: Partial<Card> = {}): Card => ({ place, nonce: 'n', version: 1, ref: {}, ...more });

function called(places: readonly Place[], cards: readonly Card[] = [], announced = ['decided']) {
  const published = { places, cards: new Map(cards.map((one) => [placeKey(one.place), one])), announced };
  return places
    .filter(({ kind }) => kind === 'channel')
    .map((place) => [place.id, callsAt(deps, [request], place, published)]);
}

describe('whom a message in a channel mentions', () => {
  it.each<[string, readonly Place[], readonly Card[], unknown]>([
    ['nobody who has a card of their own', [A, own('ada'), own('grace', 'teams')], [], [['C1', []]]],
    [
      'each in the first channel of a chat that they have',
      [A, B, T],
      [],
      [
        ['C1', ['ada']],
        ['C2', []],
        ['19:t', ['grace']],
      ],
    ],
    [
      'whose own card their chat refused',
      [A, own('ada')],
      [{ place: own('ada'), nonce: 'n', version: 1 }],
      [['C1', ['ada']]],
    ],
    [
      'nobody whose own card is on its way',
      [A, own('ada')],
      [{ place: own('ada'), nonce: 'n', version: 0 }],
      [['C1', []]],
    ],
    [
      'in the next channel, where one refused its card',
      [A, B],
      [{ place: A, nonce: 'n', version: 1 }, card(B)],
      [
        ['C1', []],
        ['C2', ['ada']],
      ],
    ],
  ])('%s', (_, places, cards, wanted) => {
    expect(called(places, cards)).toEqual(wanted);
  });

  it('is nobody in a channel that does not hear of it: the next one calls them', () => {
    expect(called([B, A], [card(B), card(A)], ['asked'])).toEqual([
      ['C2', []],
      ['C1', ['ada']],
    ]);
  });

  it('is left alone in a private chat', () => {
    const published = { places: [own('ada')], cards: new Map(), announced: ['decided'] };
    expect(callsAt(deps, [request], own('ada'), published)).toBeUndefined();
  });
});
