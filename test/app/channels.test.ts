import { describe, expect, it } from 'vitest';
import { watchChannels } from '../../src/app/loops/channels.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import type { Place } from '../../src/core/people/place.ts';
import { type Diagnosis, faultAt, unknownAt } from '../../src/core/view/doctor-page.ts';
import { toldWorld } from './told.ts';

const signal = new AbortController().signal;
const OPERATORS: Place = { chat: 'slack', kind: 'channel', id: 'C0OPERATORS' };
const fine = (id: string): Diagnosis => ({ of: 'Slack', what: `channel ${id}`, verdict: 'fine' });
const all = [fine('C1'), fine('C0OPERATORS')];
const shut = (id: string) =>
  faultAt(
    'Slack',
    `channel ${id}`,
    'The app is not in it, so cards cannot be posted.',
    'Type `/invite @Drawbridge` in #ops.',
  );

/** Looks of the chat, one after the other; undefined where it does not answer. */
const looking = (...looks: readonly (readonly Diagnosis[] | undefined)[]) => lookingAt([OPERATORS], ...looks);

function lookingAt(places: readonly Place[], ...looks: readonly (readonly Diagnosis[] | undefined)[]) {
  const { deps, chat, told, titles } = toldWorld(places);
  // All is looked at, and told, through the one chat.
  const teams = Object.assign(Object.create(chat), { chat: 'teams', examine: async () => [], tell: async () => {} });
  if (places.some((place) => place.chat === 'teams'))
    Object.assign(deps, { chats: new Map([...deps.chats, ['teams', teams]]) });
  const asked: (readonly Place[])[] = [];
  Object.assign(chat, {
    examine: async (places: readonly Place[]) => {
      const look = looks[Math.min(asked.length, looks.length - 1)];
      asked.push(places);
      if (!look) throw new Error('silent');
      return look;
    },
  });
  const alarms = new Alarms(deps);
  const run = async () => {
    for (let n = 0; n < looks.length; n += 1) await watchChannels(deps, alarms, signal);
  };
  return { run, told, titles, asked };
}

describe('channels in which no card can be posted', () => {
  it('are told to the operators once, with the remedy; once more when there are more, and when all can be written to', async () => {
    const one = [shut('C1')];
    const unsaid = [shut('C1'), unknownAt('Slack', 'channel C0OPERATORS', 'It could not be looked at.', 'Later.')];
    const rest = [fine('C1'), unsaid[1] ?? fine('C1')];
    const { run, titles, told } = looking(
      [],
      one,
      unsaid,
      [...one, shut('C2')],
      undefined,
      [],
      [fine('C1')],
      rest,
      all,
    );
    await run();
    expect(titles()).toEqual([
      'Cards cannot be posted in a channel',
      'Cards cannot be posted in 2 channels',
      'Cards can be posted in all channels',
    ]);
    expect(told[0]).toBe(
      'C0OPERATORS Cards cannot be posted in a channel | Slack, channel C1: The app is not in it, so cards cannot be posted. Type `/invite @Drawbridge` in #ops.',
    );
  });

  it('are the channels of policies and of operators, each once, and no private chat', async () => {
    const { run, asked } = looking([]);
    await run();
    expect(asked).toEqual([[{ chat: 'slack', kind: 'channel', id: 'C1' }, OPERATORS]]);
  });

  it.each<[string, readonly Diagnosis[] | undefined]>([
    ['a chat does not answer', undefined],
    ['it says nothing of it', [unknownAt('Slack', 'channel C1', 'It could not be looked at.', 'Later.')]],
    ['something else is wrong', [faultAt('Slack', 'token', 'No.', 'Set it.')]],
  ])('are none where %s', async (_, look) => {
    const { run, titles } = looking(look);
    await run();
    expect(titles()).toEqual([]);
  });

  it('are group chats and meetings of Teams as well, by their own words', async () => {
    const meeting = '19:meeting_NmU0@thread.v2';
    const at = (what: string, means: string) => faultAt('Teams', what, means, `Add the app to that chat.`);
    const lost = at(`group chat ${meeting}`, 'The app is not in that chat.');
    const another = at('group chat 19:b1@thread.v2', 'The app is not in that chat.');
    const group: Place = { chat: 'teams', kind: 'channel', id: meeting };
    const isFine: Diagnosis = { of: 'Teams', what: `group chat ${meeting}`, verdict: 'fine' };
    const { run, titles, told } = lookingAt(
      [OPERATORS, group],
      [...all, lost],
      [...all, lost, another],
      [...all, shut('C2'), lost, another],
      all,
      [...all, isFine],
    );
    await run();
    expect(titles()).toEqual([
      'Cards cannot be posted in a group chat',
      'Cards cannot be posted in 2 group chats',
      'Cards cannot be posted in 3 channels and group chats',
      'Cards can be posted in all channels and group chats',
    ]);
    expect(told[0]).toContain(`Teams, group chat ${meeting}: The app is not in that chat. Add the app to that chat.`);
  });
});
