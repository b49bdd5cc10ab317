import { describe, expect, it, vi } from 'vitest';
import { channels, people } from '../../../simulators/world.ts';
import type { Place } from '../../../src/core/people/place.ts';
import { goBy, teamsHarness, viewFor } from './harness.ts';

const { requester: ada, manager: grace } = people;
const h = teamsHarness();

const THROTTLE = { kind: 'throttle', retryAfterSeconds: 90 } as const;
const channel: Place = { chat: 'teams', kind: 'channel', id: channels.teams.id };
const NOT_NOW =
  'Teams does not say who you are: it takes no more questions for now. Nothing was done. Try again in 1 min 30 s.';

const told = (entraId: string, count: number) =>
  h.eventually(() => {
    const answers = h.chatOf(entraId).filter(({ from }) => from.isBot);
    return answers.length === count ? answers.map(({ text }) => text) : undefined;
  });

function questions(): () => number {
  const asked = vi.spyOn(h.sim.faults, 'take');
  return () => asked.mock.calls.filter(([operation]) => operation === 'getConversationMember').length;
}

describe('who somebody is, where Teams takes no more questions', () => {
  it('is asked again when Teams says, and not before; whoever types is told when', async () => {
    const asked = questions();
    h.sim.faults.add('getConversationMember', THROTTLE);
    await h.sim.say(ada.entraId, 'personal', 'request web-1');
    expect(await told(ada.entraId, 1)).toEqual([NOT_NOW]);
    goBy(50_000);
    await h.sim.say(ada.entraId, 'personal', 'request web-1');
    expect((await told(ada.entraId, 2))[1]).toMatch(
      /takes no more questions for now\. Nothing was done\. Try again in [1-4]?\d s\.$/,
    );
    expect([asked(), h.inbox.commands]).toEqual([1, []]);
    goBy(40_000);
    await h.sim.say(ada.entraId, 'personal', 'request web-1');
    expect((await told(ada.entraId, 3))[2]).toBe('Done');
    expect(asked()).toBe(2);
  });

  it('is asked in other conversations as before, and of all in that one it is not', async () => {
    const ref = await h.adapter.publish(
      viewFor(),
      channel,
      { nonce: 'n1', tried: false },
      new AbortController().signal,
    );
    const asked = questions();
    h.sim.faults.add('getConversationMember', THROTTLE);
    const press = (entraId: string) => h.sim.execute(entraId, `${ref.activity}`, { verb: 'approve' });
    expect((await press(grace.entraId)).notice).toBe(NOT_NOW);
    expect((await press(ada.entraId)).notice).toContain('it takes no more questions for now');
    expect([asked(), h.inbox.presses]).toEqual([1, []]);
    await h.sim.say(ada.entraId, 'personal', 'list');
    expect(await told(ada.entraId, 1)).toEqual(['Done']);
  });

  it('is waited for by what is gone on with', async () => {
    h.sim.faults.add('sendToConversation', { kind: 'reset' });
    await h.sim.say(ada.entraId, 'personal', 'request web-1');
    const left = await vi.waitFor(async () => {
      const [entry] = (await h.journal.unfinished(10)).entries;
      if (!entry) throw new Error('nothing is left');
      return entry;
    });
    const again = () => h.adapter.again(left.what, { since: left.at, isLate: false });
    h.sim.faults.add('getConversationMember', THROTTLE);
    await expect(again()).rejects.toMatchObject({ code: 'whoSilent', retryAfterMs: 90_000 });
    goBy(90_000);
    await again();
    expect(await told(ada.entraId, 1)).toEqual(['Done']);
  });
});
