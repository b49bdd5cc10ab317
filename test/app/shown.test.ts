import { expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { MINUTE_MS } from '../../src/core/language/instant.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, SENDER, world } from './fixtures.ts';

const never = new AbortController().signal;

async function open() {
  const { deps, clock, chat } = world();
  const { id } = await submit(deps, ADA, ASK, SENDER);
  await notify(deps, id, never);
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  await converge(deps, MACHINE.id, never);
  await notify(deps, id, never);
  const since = async () => {
    chat.shown.splice(0);
    await notify(deps, id, never).catch(() => undefined);
    return chat.shown.map(({ place, view, previous }) => [place.kind, place.id, view.announce, previous.isShown]);
  };
  return { deps, clock, chat, id, since };
}

it('is warned of its end below its card, which shows that already and is not edited', async () => {
  const { deps, clock, since } = await open();
  clock.advance(56 * MINUTE_MS);
  await converge(deps, MACHINE.id, never);
  // To whoever decided nothing new is said: there is nothing to call at all.
  expect(await since()).toEqual([
    ['channel', 'C1', expect.stringMatching(/^ending-/), true],
    ['private', 'U1', expect.stringMatching(/^ending-/), true],
  ]);
  expect(await since()).toEqual([]);
  clock.advance(5 * MINUTE_MS);
  await converge(deps, MACHINE.id, never);
  expect(await since()).toHaveLength(3);
});

it('is edited where it is not known what it shows', async () => {
  const { deps, clock, chat, id, since } = await open();
  clock.advance(56 * MINUTE_MS);
  await converge(deps, MACHINE.id, never);
  chat.failures.push(...[1, 2].map(() => new JitError('chatSilent', { chat: 'Slack' })));
  await since();
  const cards = await deps.store.cards(id);
  expect(cards.filter(({ trying }) => trying !== undefined)).toHaveLength(2);
  expect((await since()).map((one) => one.at(-1))).toEqual([undefined, undefined]);
});
