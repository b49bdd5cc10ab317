import { describe, expect, it, vi } from 'vitest';
import { people } from '../../../simulators/world.ts';
import { goBy, teamsHarness } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness();

const answersTo = (entraId: string) =>
  h
    .chatOf(entraId)
    .filter(({ from }) => from.isBot)
    .map(({ text }) => text);

describe('what could not be answered', () => {
  it('is answered when Teams says, where that is long, and nothing is sent before', async () => {
    const throttle = { kind: 'throttle', retryAfterSeconds: 90 } as const;
    h.sim.faults.add('sendToConversation', throttle);
    // As if that time had gone by.
    const { leave } = h.journal;
    vi.spyOn(h.journal, 'leave').mockImplementationOnce((key) => leave(key));
    await h.sim.say(ada.entraId, 'personal', 'list');
    const left = await vi.waitFor(async () => {
      const [entry] = (await h.journal.unfinished(10)).entries;
      if (!entry) throw new Error('nothing is left');
      return entry;
    });
    const asked = vi.spyOn(h.sim.faults, 'take');
    const again = () => h.adapter.again(left.what, { since: left.at, isLate: false });
    await expect(again()).rejects.toMatchObject({ code: 'chatSilent' });
    expect(asked.mock.calls).not.toContainEqual(['sendToConversation']);
    goBy(90_000);
    h.sim.faults.add('sendToConversation', throttle);
    await expect(again()).rejects.toMatchObject({ code: 'chatSilent', retryAfterMs: 90_000 });
    expect(answersTo(ada.entraId)).toEqual([]);
    goBy(90_000);
    await again();
    expect(answersTo(ada.entraId)).toEqual(['Done']);
  });

  it.each([
    ['a command', () => h.sim.say(ada.entraId, 'personal', 'list')],
    ['a mention in a channel', () => h.sim.say(ada.entraId, 'channel', 'list')],
  ])('is not worked on again before that, either: %s', async (_, say) => {
    const left: unknown[] = [];
    const { leave } = h.journal;
    vi.spyOn(h.journal, 'leave').mockImplementation((...given) => {
      left.push(given[1]);
      return leave(...given);
    });
    h.sim.faults.add('sendToConversation', { kind: 'throttle', retryAfterSeconds: 90 });
    await say();
    await vi.waitFor(() => expect(left).toEqual([90_000]));
    expect(h.inbox.commands).toHaveLength(1);
    expect((await h.journal.unfinished(10)).entries).toEqual([]);
  });

  it('of a guest is answered with why, also where it is gone on with', async () => {
    h.sim.faults.add('sendToConversation', { kind: 'reset' });
    await h.sim.say(ada.entraId, 'personal', 'list');
    const left = await vi.waitFor(async () => {
      const [entry] = (await h.journal.unfinished(10)).entries;
      if (!entry) throw new Error('nothing is left');
      return entry;
    });
    h.sim.setPerson(ada.entraId, { userRole: 'guest' });
    const again = () =>
      h.adapter.again(left.what.replace('"list"', '"request web-1"'), { since: left.at, isLate: false });
    await again();
    const line =
      'Only members of this organization can use Drawbridge, not guests. Ask one of them to request access for you.';
    expect(answersTo(ada.entraId)).toEqual([line]);
    expect(h.inbox.commands).toHaveLength(1);
    // Whoever cannot be written to is told nothing, and it is done.
    h.sim.faults.add('sendToConversation', { kind: 'error', status: 403, code: 'MessageWritesBlocked' });
    await again();
    expect(answersTo(ada.entraId)).toEqual([line]);
  });
});
