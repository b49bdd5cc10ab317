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
  // A change of what was written is work as well.
  const edit = h.sim.drafts.message(h.sim.person(ada.entraId), 'personal', 'list all');
  const changed = { ...(edit.channelData as object), eventType: 'editMessage' };
  await h.sim.deliver({ ...edit, type: 'messageUpdate', channelData: changed });
  const bots = () => h.chatOf(ada.entraId).filter(({ from }) => from.isBot);
  expect((await h.eventually(() => bots()[1])).text).toContain(FULL);
  const press = async (verb: string) => {
    const action = { type: 'Action.Execute', verb, data: { request: 'abc2345', version: 1 } };
    const { body } = await h.sim.deliver(h.invokeOf(ada.entraId, first.id, action));
    return JSON.stringify(body);
  };
  expect(await press('extend')).toContain(FULL);
  expect([h.inbox.commands, h.inbox.presses]).toEqual([[], []]);
  expect(await press('revoke')).not.toContain(FULL);
  const command = (c: string) => ({ type: 'Action.Execute', verb: 'command', data: { c } });
  const pressed = async (c: string) =>
    JSON.stringify((await h.sim.deliver(h.invokeOf(ada.entraId, first.id, command(c)))).body);
  expect(await pressed('close all confirm 61787a')).not.toContain(FULL);
  expect(await pressed('request web-1 because x')).toContain(FULL);
  await vi.waitFor(() => expect(h.inbox.commands.map(([, text]) => text)).toEqual(['close all confirm 61787a']));
  h.inbox.commands.splice(0);
  await h.sim.say(ada.entraId, 'personal', 'end web-1');
  await vi.waitFor(() => expect(h.inbox.commands.map(([, text]) => text)).toEqual(['end web-1']));
  h.inbox.commands.splice(0);
  await h.sim.say(ada.entraId, 'personal', 'revoke abc2345');
  await vi.waitFor(() => expect(h.inbox.commands.map(([, text]) => text)).toEqual(['revoke abc2345']));
});
