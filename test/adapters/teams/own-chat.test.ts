import { describe, expect, it, vi } from 'vitest';
import { people } from '../../../simulators/world.ts';
import type { Place } from '../../../src/core/people/place.ts';
import { teamsHarness, viewFor } from './harness.ts';

const h = teamsHarness();
const never = new AbortController().signal;
const { manager: grace } = people;
const place: Place = { chat: 'teams', kind: 'private', id: grace.entraId };
const posted = (where: Place = place) =>
  h.adapter.publish(viewFor(), where, { ref: undefined, nonce: 'n', tried: false, announced: '' }, never);

describe('somebody for whom nobody installed the app', () => {
  it('is reached through a team that has it, and their card is edited there', async () => {
    h.sim.setPerson(grace.entraId, { installed: false });
    const ref = await posted();
    expect(h.chatOf(grace.entraId)).toMatchObject([{ cards: [{ type: 'AdaptiveCard' }] }]);
    const again = await h.adapter.publish(
      viewFor({ title: 'Denied' }),
      place,
      { ref, nonce: 'n', tried: false, announced: 'asked' },
      never,
    );
    expect(again).toEqual(ref);
    expect(JSON.stringify(h.chatOf(grace.entraId))).toContain('Denied');
  });

  it('is not reached where the team does not have it, or they are not in it', async () => {
    h.sim.setPerson(grace.entraId, { installed: false, inTeam: false });
    await expect(posted()).rejects.toMatchObject({ code: 'chatRefused' });
    h.sim.setPerson(grace.entraId, { inTeam: true });
    h.sim.setTeamInstalled(false);
    await expect(posted()).rejects.toMatchObject({ code: 'chatRefused' });
  });

  it('may be reached later where Teams did not say', async () => {
    h.sim.setPerson(grace.entraId, { installed: false });
    h.sim.faults.add('getConversationMember', { kind: 'error', status: 503, code: 'ServiceUnavailable' });
    await expect(posted()).rejects.toMatchObject({ code: 'chatSilent' });
    await posted();
  });

  it('and blocks the bot is left alone', async () => {
    h.sim.setPerson(grace.entraId, { blocked: true });
    await expect(posted()).rejects.toMatchObject({ code: 'chatRefused' });
    expect(h.chatOf(grace.entraId)).toEqual([]);
  });
});

describe('somebody who removed their chat', () => {
  it('while their command was worked on is answered in a new one', async () => {
    let finish = () => {};
    h.inbox.answer = new Promise((resolve) => {
      finish = () => resolve({ lines: [['Late']], refused: false });
    });
    await h.sim.say(grace.entraId, 'personal', 'list');
    await vi.waitFor(() => expect(h.inbox.commands).toHaveLength(1));
    h.sim.removeChat(grace.entraId);
    finish();
    expect(await h.eventually(() => h.chatOf(grace.entraId)[0]?.text)).toBe('Late');
  });
});

describe('the activity feed', () => {
  it('has what somebody may act on, and no more', async () => {
    await posted();
    await h.adapter.publish(
      viewFor({ buttons: [] }),
      place,
      { ref: undefined, nonce: 'm', tried: false, announced: '' },
      never,
    );
    expect(h.chatOf(grace.entraId).map(({ alert = false }) => alert)).toEqual([true, false]);
  });
});

describe('the chat of a meeting', () => {
  it('is a place: cards are posted and edited there, and their news are below them', async () => {
    const { group } = h.sim.state();
    const where: Place = { chat: 'teams', kind: 'channel', id: group.id };
    const ref = await posted(where);
    await h.adapter.publish(
      viewFor({ title: 'Denied', announce: 'denied' }),
      where,
      { ref, nonce: 'n', tried: false, announced: 'asked' },
      never,
    );
    const [card, news, ...rest] = h.sim.state().group.activities;
    expect(JSON.stringify(card?.cards)).toContain('Denied');
    expect(news?.text).toMatch(/Ada Okafor/);
    expect(rest).toEqual([]);
    await h.adapter.tell({ title: 'Digest', sections: [] }, where, never);
    expect(h.sim.state().group.activities).toHaveLength(3);
  });
});
