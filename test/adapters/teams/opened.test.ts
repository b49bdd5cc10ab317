import { describe, expect, it, vi } from 'vitest';
import { people } from '../../../simulators/world.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness();

describe('the app, once it is added', () => {
  it('opens the channels of a team when the app is added there, without a word to it', async () => {
    const { type, action } = h.sim.drafts.installation(h.sim.person(ada.entraId), 'add');
    const inTeam = h.sim.drafts.message(h.sim.person(ada.entraId), 'channel', '');
    expect(await h.sim.deliver({ ...inTeam, type, action })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(h.inbox.opens).toHaveLength(1));
    expect([h.inbox.opens, h.inbox.commands]).toEqual([[{ chat: 'teams', kind: 'channel' }], []]);
  });
});

describe('the app, once it is added to the chat of a group', () => {
  it('opens that chat, without a word to it', async () => {
    const { type, action } = h.sim.drafts.installation(h.sim.person(ada.entraId), 'add');
    const inGroup = h.sim.drafts.message(h.sim.person(ada.entraId), 'group', '');
    expect(await h.sim.deliver({ ...inGroup, type, action })).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(h.inbox.opens).toHaveLength(1));
    const { id } = h.sim.state().group;
    expect([h.inbox.opens, h.inbox.commands]).toEqual([[{ chat: 'teams', kind: 'channel', id }], []]);
  });

  it('opens nothing where the kind of the chat is not known', async () => {
    const { type, action } = h.sim.drafts.installation(h.sim.person(ada.entraId), 'add');
    const draft = h.sim.drafts.message(h.sim.person(ada.entraId), 'group', '');
    const conversation = { ...(draft.conversation as object), conversationType: 'other' };
    expect(await h.sim.deliver({ ...draft, type, action, conversation })).toMatchObject({ status: 200 });
    expect(h.inbox.opens).toEqual([]);
  });
});

describe('what is written to the bot', () => {
  it('is answered with instants on the clock of whoever wrote it, by the zone that their Teams tells', async () => {
    const at = Date.now();
    h.inbox.answer = { lines: [['Open until ', { at }, '.']], refused: false };
    await h.sim.say(ada.entraId, 'personal', 'list');
    const answer = () => h.chatOf(ada.entraId).find(({ from }) => from.isBot);
    expect((await h.eventually(answer)).text).toMatch(/^Open until \d\d:\d\d \(Europe\/London\)\.$/);
  });
});
