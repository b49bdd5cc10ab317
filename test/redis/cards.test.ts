import { expect, it } from 'vitest';
import type { Card } from '../../src/ports/store.ts';
import { keepingCards } from '../../src/redis/cards.ts';

const at = (id: string): Card => ({ place: { chat: 'slack', kind: 'channel', id }, nonce: 'n', version: 1 });

function rig(fail = false) {
  const asked: (readonly (string | number)[])[] = [];
  const keep = keepingCards(async (name, ...args) => {
    asked.push([name, ...args.filter((_, i) => i !== 1)]);
    if (fail) throw new Error('away');
    return {} as never;
  });
  return { asked, keep };
}

const line = (id: string) => [`["slack:channel:${id}",`, `["slack:channel:${id}",{"nonce":"n","version":1}]`];

it('keeps the cards of one request and one turn in one script, in their order, each request’s apart', async () => {
  const { asked, keep } = rig();
  const later = Promise.resolve().then(() => Promise.resolve().then(() => keep('a', at('C3'))));
  await Promise.all([keep('a', at('C1')), keep('b', at('C9')), keep('a', at('C2')), later]);
  expect(asked).toEqual([
    ['keep-card', 'a', ...line('C1'), ...line('C2'), ...line('C3')],
    ['keep-card', 'b', ...line('C9')],
  ]);
  await keep('a', at('C1'));
  expect(asked.at(-1)).toEqual(['keep-card', 'a', ...line('C1')]);
});

it('tells each of them that it was not kept', async () => {
  const { asked, keep } = rig(true);
  const all = await Promise.allSettled([keep('a', at('C1')), keep('a', at('C2'))]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(asked).toHaveLength(1);
});
