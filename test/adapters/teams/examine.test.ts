import { describe, expect, it } from 'vitest';
import { channels, people } from '../../../simulators/world.ts';
import type { Place } from '../../../src/core/people/place.ts';
import { teamsHarness } from './harness.ts';

const never = new AbortController().signal;
const PLACES: readonly Place[] = [
  { chat: 'teams', kind: 'channel', id: channels.teams.id },
  { chat: 'teams', kind: 'private', id: people.requester.entraId },
];

describe('Teams is looked through', () => {
  const h = teamsHarness();
  const wrong = async (places = PLACES) =>
    (await h.adapter.examine(places, never)).flatMap((one) =>
      one.verdict === 'fine' ? [] : [`${one.what} ${one.verdict}: ${one.means}`],
    );
  const UNTOLD =
    'deliveries and private chats unknown: Teams does not say whether it reaches Drawbridge, or who has the app.';

  it('and nothing is wrong where the app is in the team, also where nobody is known there', async () => {
    expect(await wrong()).toEqual([UNTOLD]);
    expect(await wrong(PLACES.slice(0, 1))).toEqual([UNTOLD]);
  });

  it('for a channel that the app is not in, or that is not there', async () => {
    const other: Place = { chat: 'teams', kind: 'channel', id: '19:nowhere@thread.tacv2' };
    expect((await wrong([other]))[0]).toMatch(/^channel 19:nowhere@thread\.tacv2 fault: Teams says /);
    h.sim.setTeamInstalled(false);
    expect(await wrong()).toEqual([`channel ${channels.teams.id} fault: The app is not in its team.`, UNTOLD]);
  });

  it('for a group chat that is not there', async () => {
    const other: Place = { chat: 'teams', kind: 'channel', id: '19:nowhere@thread.v2' };
    const [first] = (await h.adapter.examine([other], never)).filter(({ verdict }) => verdict === 'fault');
    expect(first).toMatchObject({
      what: 'group chat 19:nowhere@thread.v2',
      remedy: expect.stringContaining('add the app to that chat'),
    });
  });

  it('and opens no chat with anybody', async () => {
    const before = h.sim.state().personal.map((chat) => chat.activities.length);
    await wrong();
    expect(h.sim.state().personal.map((chat) => chat.activities.length)).toEqual(before);
  });
});
