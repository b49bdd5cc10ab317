import { expect, it, vi } from 'vitest';
import { people } from '../../../simulators/world.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness();
const FULL = 'Drawbridge has more to do than it can take on now. Nothing was done.';

it('where no more can be kept, messages and presses are refused in words, but what closes', async () => {
  const { accept } = h.journal;
  h.journal.accept = (incoming) =>
    incoming.onlyCloses ? accept(incoming) : Promise.reject(new JitError('tooMuchToKeep'));
  await h.sim.say(ada.entraId, 'personal', 'list');
  const first = await h.eventually(() => h.chatOf(ada.entraId).find(({ from }) => from.isBot));
  expect(first.text).toBe(`${FULL} Try again in a minute. What closes is always taken.`);
  const press = async (verb: string) => {
    const action = { type: 'Action.Execute', verb, data: { request: 'abc2345', version: 1 } };
    const { body } = await h.sim.deliver(h.invokeOf(ada.entraId, first.id, action));
    return JSON.stringify(body);
  };
  expect(await press('extend')).toContain(FULL);
  expect([h.inbox.commands, h.inbox.presses]).toEqual([[], []]);
  expect(await press('revoke')).not.toContain(FULL);
  await h.sim.say(ada.entraId, 'personal', 'revoke abc2345');
  await vi.waitFor(() => expect(h.inbox.commands.map(([, text]) => text)).toEqual(['revoke abc2345']));
});
