import { describe, expect, it } from 'vitest';
import { channels, people } from '../../../simulators/world.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { Place } from '../../../src/core/people/place.ts';
import type { PreviousCard } from '../../../src/ports/chat.ts';
import { goBy, teamsHarness, viewFor } from './harness.ts';

const { manager: grace, requester: ada } = people;
const h = teamsHarness({ callMs: 3_000 });

const channel: Place = { chat: 'teams', kind: 'channel', id: channels.teams.id };
const own: Place = { chat: 'teams', kind: 'private', id: grace.entraId };
const first: PreviousCard = { nonce: 'n1', tried: false };
const decided = viewFor({
  version: 2,
  tone: 'opening',
  status: ['Approved by ', { person: grace.id, name: grace.name }, '; opening now'],
  buttons: [],
  announce: 'decided',
  headline: [{ person: ada.id, name: ada.name }, ': access to web-1 was approved.'],
});

const publish = (place: Place, previous = first, view = viewFor()) =>
  h.adapter.publish(view, place, previous, new AbortController().signal);
const failing = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(JitError);
  return error as JitError;
};
const cardIn = (activity: { cards: readonly unknown[] } | undefined) => JSON.stringify(activity?.cards);

describe('publishing', () => {
  it('posts in the channel, edits the card and says the news below it, mentioning whom it is about', async () => {
    const ref = await publish(channel);
    expect(ref).toMatchObject({ serviceUrl: h.sim.serviceUrl });
    const [posted] = h.threads().at(-1) ?? [];
    expect(posted).toMatchObject({ id: ref.activity, summary: 'Ada Okafor asks for access to web-1.' });
    expect(cardIn(posted)).toContain('Approve');
    expect(await publish(channel, { ...first, ref, announced: 'asked' }, decided)).toEqual(ref);
    const [card, news, ...more] = h.threads().at(-1) ?? [];
    expect(cardIn(card)).toContain('opening now');
    expect(cardIn(card)).not.toContain('Approve"');
    expect(news?.text).toBe('<at>Ada Okafor</at>: access to web-1 was approved.');
    expect(more).toEqual([]);
  });

  it('notifies in the words of Teams: commands without their slash, instants with the day where nobody’s clock is known', async () => {
    const at = Date.UTC(2026, 10, 27, 23, 5);
    const headline = ['web-1 is open until ', { at }, '. If you cannot get in: `/jit why web-1`.'];
    const ref = await publish(own, first, viewFor({ headline }));
    expect(h.chatOf(grace.entraId).find(({ id }) => id === ref.activity)?.summary).toBe(
      'web-1 is open until 27 Nov, 23:05 UTC. If you cannot get in: “why web-1”.',
    );
  });

  it('says the same news once a place', async () => {
    const ref = await publish(own);
    await publish(own, { ...first, ref, announced: 'asked' }, decided);
    await publish(own, { ...first, ref, announced: 'decided' }, decided);
    expect(h.chatOf(grace.entraId).map(({ text }) => text)).toEqual(['', 'Ada Okafor: access to web-1 was approved.']);
  });

  it('says the news below a card that shows all of it already, without editing it; posts anew where that is gone', async () => {
    const ref = await publish(own);
    const shown = { ...first, ref, announced: 'asked', isShown: true } as const;
    expect(await publish(own, shown, decided)).toEqual(ref);
    const [card, news] = h.chatOf(grace.entraId);
    expect(cardIn(card)).toContain('Approve');
    expect(news?.text).toBe('Ada Okafor: access to web-1 was approved.');
    h.sim.removeChat(grace.entraId);
    const next = await publish(own, shown, decided);
    expect(next.activity).not.toBe(ref.activity);
    expect(cardIn(h.chatOf(grace.entraId)[0])).toContain('opening now');
  });

  it('writes to a person by Entra id, and posts anew where the card or the chat is gone', async () => {
    const ref = await publish(own);
    expect(cardIn(h.chatOf(grace.entraId)[0])).toContain('"n":"n1"');
    h.sim.removeChat(grace.entraId);
    const next = await publish(own, { ...first, ref, announced: 'asked' }, decided);
    expect(next.activity).not.toBe(ref.activity);
    expect(h.chatOf(grace.entraId).map(({ id, text }) => [id, text])).toEqual([[next.activity, '']]);
  });

  it.each(['', '<html><body>Ask IT.</body></html>', '{}'])(
    'counts nothing as posted that something else took with 200: %o',
    async (body) => {
      for (const place of [channel, own]) {
        h.sim.faults.add(
          /^(?:createConversation|sendToConversation)$/,
          { kind: 'strange', body },
          Number.POSITIVE_INFINITY,
        );
        const { kind } = await failing(publish(place));
        expect(kind).toBe('busy');
        h.sim.faults.clear();
      }
    },
  );

  it('says the news without a mention of somebody who is told elsewhere', async () => {
    const ref = await publish(channel);
    await publish(channel, { ...first, ref, announced: 'asked' }, { ...decided, calls: ['grace'] });
    expect(h.threads().at(-1)?.[1]?.text).toBe('Ada Okafor: access to web-1 was approved.');
  });

  it('says the news without a mention to a channel that does not take it', async () => {
    const ref = await publish(channel);
    h.sim.faults.add('sendToConversation', { kind: 'error', status: 400, code: 'BadSyntax' });
    await publish(channel, { ...first, ref, announced: 'asked' }, decided);
    expect(h.threads().at(-1)?.[1]?.text).toBe('Ada Okafor: access to web-1 was approved.');
  });

  it('never carries its token to an address that is not in the settings', async () => {
    const ref = { serviceUrl: 'http://127.0.0.1:9/', conversation: 'a:1', activity: '1' };
    const next = await publish(own, { ...first, ref });
    expect(next.serviceUrl).toBe(h.sim.serviceUrl);
  });
});

describe('bad days', () => {
  it.each([
    ['throttled', { kind: 'throttle', retryAfterSeconds: 7 }, 'chatSilent', 7_000],
    ['an error of the service', { kind: 'error', status: 502, code: 'ServiceError' }, 'chatSilent', undefined],
    ['a conflict of versions', { kind: 'error', status: 412, code: 'PreconditionFailed' }, 'chatSilent', undefined],
    ['a cut connection', { kind: 'reset' }, 'chatSilent', undefined],
    ['a token that is not taken', { kind: 'error', status: 401, code: 'Unauthorized' }, 'chatSilent', undefined],
    ['blocked', { kind: 'error', status: 403, code: 'MessageWritesBlocked' }, 'chatRefused', undefined],
    ['not installed', { kind: 'error', status: 403, code: 'BotNotInConversationRoster' }, 'chatRefused', undefined],
    ['too big', { kind: 'error', status: 413, code: 'MessageSizeTooBig' }, 'chatRefused', undefined],
    ['malformed', { kind: 'error', status: 400, code: 'BadSyntax' }, 'chatRefused', undefined],
  ] as const)('%s', async (_, fault, code, retryAfterMs) => {
    h.sim.faults.add('createConversation', fault);
    const error = await failing(publish(channel));
    expect([error.code, error.retryAfterMs]).toEqual([code, retryAfterMs]);
    if ('code' in fault && code === 'chatRefused') expect(error.say).toContain(fault.code);
    expect(h.sim.faults.take('createConversation')).toBeUndefined();
    if (retryAfterMs !== undefined) {
      expect((await failing(publish(channel))).retryAfterMs).toBeGreaterThan(retryAfterMs - 5_000);
      goBy(retryAfterMs);
    }
    await publish(channel);
  });

  it('makes every call once: a lost reply posts once, and the next try once more', async () => {
    const before = h.threads().length;
    h.sim.faults.add('createConversation', { kind: 'lostReply' });
    expect((await failing(publish(channel))).code).toBe('chatSilent');
    expect(h.threads().length - before).toBe(1);
    await publish(channel, { nonce: 'n1', tried: true });
    expect(h.threads().length - before).toBe(2);
  });

  it('waits for a slow connector no longer than the limit', async () => {
    h.sim.faults.add('createConversation', { kind: 'slow', ms: 60_000 });
    expect((await failing(publish(channel))).code).toBe('chatSilent');
  });

  it('gives up when it is told to', async () => {
    const stopped = AbortSignal.abort();
    expect((await failing(h.adapter.publish(viewFor(), own, first, stopped))).code).toBe('chatSilent');
    expect(h.chatOf(grace.entraId)).toEqual([]);
  });

  it('does not post anew where it may not write any more', async () => {
    const ref = await publish(own);
    h.sim.setPerson(grace.entraId, { blocked: true });
    expect((await failing(publish(own, { ...first, ref }, decided))).code).toBe('chatRefused');
  });
});

describe('the check', () => {
  it('signs in', async () => {
    await expect(h.adapter.check(new AbortController().signal)).resolves.toBeUndefined();
  });
});
