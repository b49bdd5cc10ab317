import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Place } from '../../../src/core/people/place.ts';
import type { View } from '../../../src/core/view/view.ts';
import type { PreviousCard } from '../../../src/ports/chat.ts';
import { ADA, CHANNEL, type Rig, startRig } from './harness.ts';

const VIEW: View = {
  request: 'k7m2p9x',
  version: 1,
  tone: 'waiting',
  title: 'Ada Okafor asks for access to web-1',
  status: ['Waiting'],
  summary: ['Ada Okafor asks for access to web-1: waiting'],
  brief: [],
  people: [],
  facts: [],
  justification: 'deploy',
  remarks: [],
  notes: [],
  buttons: [{ verb: 'approve', label: 'Approve', style: 'primary' }],
  announce: 'asked',
  headline: [{ person: 'ada', name: 'Ada Okafor' }, ' asks for access to web-1.'],
};
const OPEN: View = {
  ...VIEW,
  version: 2,
  tone: 'open',
  status: ['Open'],
  summary: ['Access to web-1: open'],
  announce: 'open-1',
  headline: [{ person: 'ada', name: 'Ada Okafor' }, ': web-1 is open.'],
};
const THERE: Place = { chat: 'slack', kind: 'channel', id: CHANNEL };
const ALONE: Place = { chat: 'slack', kind: 'private', id: ADA };
const NEW: PreviousCard = { nonce: 'n1', tried: false };
const TRIED: PreviousCard = { nonce: 'n1', tried: true };

let rig: Rig;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

const publish = (view: View, place: Place, previous: PreviousCard, signal = AbortSignal.timeout(8_000)) =>
  rig.adapter.publish(view, place, previous, signal);
const messages = (place = THERE) =>
  rig.slack
    .state()
    .channels.filter(({ id, user }) => (place.kind === 'channel' ? id === place.id : user === place.id))
    .flatMap((channel) => channel.messages);
/** `card < reply < reply` */
const thread = (place = THERE) =>
  messages(place).map(({ text, replies }) => [text, ...replies.map((reply) => reply.text)].join(' < '));

describe('a card', () => {
  it.each([
    ['in a channel', THERE],
    ['in a private chat', ALONE],
  ])('is posted %s, then edited in place, with each milestone told below it once', async (_, place) => {
    const ref = await publish(VIEW, place, NEW);
    expect(thread(place)).toEqual(['⏳ Ada Okafor asks for access to web-1.']);
    const next = { ...NEW, tried: true, ref, announced: 'asked' };
    expect(await publish(OPEN, place, next)).toEqual(ref);
    const told = ['🟢 Access to web-1: open < <@U00000001A>: web-1 is open.'];
    expect(thread(place)).toEqual(told);
    await publish({ ...OPEN, version: 3 }, place, { ...next, announced: 'open-1' });
    expect(thread(place)).toEqual(told);
  });

  it('that shows all of it already is not edited, and its news is told below it; where it is gone, it is posted anew', async () => {
    const ref = await publish(VIEW, THERE, NEW);
    const shown = { ...NEW, ref, announced: 'asked', isShown: true } as const;
    expect(await publish(OPEN, THERE, shown)).toEqual(ref);
    expect(thread()).toEqual(['⏳ Ada Okafor asks for access to web-1. < <@U00000001A>: web-1 is open.']);
    const gone = { ...ref, ts: '1.000001' };
    expect(await publish(OPEN, THERE, { ...shown, ref: gone })).not.toEqual(gone);
    expect(thread()).toHaveLength(2);
  });

  it('mentions only whom it is to call, when it is posted and in its news; an edit calls nobody', async () => {
    const people = [['Asked: ', { person: 'grace', name: 'Grace Lindqvist' }]];
    const ref = await publish({ ...VIEW, people, calls: [] }, THERE, NEW);
    expect(JSON.stringify(messages())).not.toContain('<@');
    await publish({ ...OPEN, people, calls: [] }, THERE, { ...NEW, tried: true, ref, announced: 'asked' });
    expect(thread()).toEqual(['🟢 Access to web-1: open < Ada Okafor: web-1 is open.']);
    const called = { ...OPEN, announce: 'ending', calls: ['ada'] };
    await publish(called, THERE, { ...NEW, tried: true, ref, announced: 'open-1' });
    expect(thread()).toEqual([expect.stringContaining('< <@U00000001A>: web-1 is open.')]);
  });

  it('bears the request and the nonce, also after an edit', async () => {
    const ref = await publish(VIEW, THERE, NEW);
    await publish(OPEN, THERE, { ...NEW, tried: true, ref, announced: 'asked' });
    expect(messages()[0]?.metadata).toEqual({
      event_type: 'drawbridge_card',
      event_payload: { request: 'k7m2p9x', nonce: 'n1', announced: 'asked' },
    });
  });

  it('whose post was never answered is found by its nonce, and nobody is told twice', async () => {
    rig.slack.faults.add('chat.postMessage', { kind: 'lostReply' });
    await expect(publish(VIEW, THERE, NEW)).rejects.toMatchObject({ code: 'chatSilent' });
    const ref = await publish(VIEW, THERE, TRIED);
    expect(ref).toEqual({ channel: CHANNEL, ts: messages()[0]?.ts });
    expect(thread()).toEqual(['⏳ Ada Okafor asks for access to web-1: waiting']);
  });

  it('whose post was never answered tells what came since, once it is found', async () => {
    rig.slack.faults.add('chat.postMessage', { kind: 'lostReply' });
    await expect(publish(VIEW, THERE, NEW)).rejects.toMatchObject({ code: 'chatSilent' });
    rig.slack.faults.add('chat.postMessage', { kind: 'reset' });
    await expect(publish(OPEN, THERE, TRIED)).rejects.toMatchObject({ code: 'chatSilent' });
    await publish(OPEN, THERE, TRIED);
    expect(thread()).toEqual(['🟢 Access to web-1: open < <@U00000001A>: web-1 is open.']);
  });

  it('whose private post was never answered is found too', async () => {
    rig.slack.faults.add('chat.postMessage', { kind: 'lostReply' });
    await expect(publish(VIEW, ALONE, NEW)).rejects.toMatchObject({ code: 'chatSilent' });
    await publish(VIEW, ALONE, TRIED);
    expect(thread(ALONE)).toHaveLength(1);
  });

  it('that was never posted is posted', async () => {
    rig.slack.faults.add('chat.postMessage', { kind: 'reset' });
    await expect(publish(VIEW, THERE, NEW)).rejects.toMatchObject({ code: 'chatSilent' });
    await publish(VIEW, THERE, TRIED);
    expect(thread()).toHaveLength(1);
  });

  it('of another request is not taken for it', async () => {
    await publish(VIEW, THERE, { ...NEW, nonce: 'other' });
    await publish(VIEW, THERE, TRIED);
    expect(thread()).toHaveLength(2);
  });

  it.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    'that cannot be edited any more (%s) is posted anew, as its own announcement',
    async (code) => {
      const gone = { channel: CHANNEL, ts: '1.000001' };
      rig.slack.faults.add('chat.update', { kind: 'error', status: 200, code });
      const ref = await publish(OPEN, THERE, { ...NEW, tried: true, ref: gone, announced: 'asked' });
      expect(ref).not.toEqual(gone);
      expect(thread()).toEqual(['🟢 Ada Okafor: web-1 is open.']);
    },
  );

  it('that was posted anew before a crash is not posted a third time', async () => {
    const previous = { ...TRIED, ref: { channel: CHANNEL, ts: '1.000001' }, announced: 'asked' };
    const ref = await publish(OPEN, THERE, previous);
    expect(await publish(OPEN, THERE, previous)).toEqual(ref);
    expect(thread()).toHaveLength(1);
  });

  it('is announced once, also when a crash came before that was kept', async () => {
    const ref = await publish(VIEW, THERE, NEW);
    const previous = { ...TRIED, ref, announced: 'asked' };
    await publish(OPEN, THERE, previous);
    await publish(OPEN, THERE, previous);
    expect(messages()[0]?.replies).toHaveLength(1);
    await publish({ ...OPEN, announce: 'ending-1' }, THERE, previous);
    expect(messages()[0]?.replies).toHaveLength(2);
  });
});

describe('a card is refused', () => {
  it('where its channel was archived since it was posted: nothing can be edited there', async () => {
    const ref = await publish(VIEW, THERE, NEW);
    rig.slack.setChannel(CHANNEL, { is_archived: true });
    const refusal = { code: 'chatRefused', say: expect.stringContaining('is_inactive') };
    await expect(publish(OPEN, THERE, { ...TRIED, ref, announced: 'asked' })).rejects.toMatchObject(refusal);
  });

  it('in a channel that strangers share', async () => {
    rig.slack.setChannel(CHANNEL, { is_ext_shared: true });
    const refusal = { code: 'chatRefused', say: expect.stringContaining('externally_shared_channel') };
    await expect(publish(VIEW, THERE, NEW)).rejects.toMatchObject(refusal);
    expect(messages()).toEqual([]);
  });

  it.each([
    ['an archived channel', () => rig.slack.setChannel(CHANNEL, { is_archived: true }), THERE, 'is_archived'],
    [
      'a channel that we are not in',
      () => rig.slack.setChannel(CHANNEL, { is_member: false }),
      THERE,
      'not_in_channel',
    ],
    ['a channel that is not there', () => {}, { ...THERE, id: 'C0NOWHERE1' }, 'channel_not_found'],
    ['a person who cannot be written to', () => {}, { ...ALONE, id: 'U0NOBODY01' }, 'channel_not_found'],
  ])('by %s', async (_, prepare, place, code) => {
    prepare();
    const refusal = { code: 'chatRefused', say: `Slack refused the card: ${code}.` };
    await expect(publish(VIEW, place, NEW)).rejects.toMatchObject(refusal);
  });
});

describe('a card is to be tried again', () => {
  it('after throttling, when Slack says', async () => {
    rig.slack.faults.add('chat.postMessage', { kind: 'throttle', retryAfterSeconds: 9 });
    await expect(publish(VIEW, THERE, NEW)).rejects.toMatchObject({ code: 'chatBusy', retryAfterMs: 9_000 });
  });

  it('by no card before that, as all of them are posted in the same way; edits go on', async () => {
    const ref = await publish(VIEW, ALONE, NEW);
    rig.slack.faults.add('chat.postMessage', { kind: 'throttle', retryAfterSeconds: 60 });
    await expect(publish(VIEW, THERE, NEW)).rejects.toMatchObject({ code: 'chatBusy' });
    await expect(publish(VIEW, THERE, { ...NEW, nonce: 'n2' })).rejects.toMatchObject({ code: 'chatBusy' });
    expect(messages()).toEqual([]);
    expect(await publish({ ...OPEN, announce: 'asked' }, ALONE, { ...NEW, ref, announced: 'asked' })).toEqual(ref);
  });

  it.each([500, 503])('after a %i, and the post is not repeated blindly', async (status) => {
    rig.slack.faults.add('chat.postMessage', { kind: 'error', status, code: 'internal_error' });
    await expect(publish(VIEW, THERE, NEW)).rejects.toMatchObject({ code: 'chatSilent' });
    expect(messages()).toEqual([]);
  });

  it('when the signal ends it, at once', async () => {
    rig.slack.faults.add('chat.postMessage', { kind: 'slow', ms: 600_000 });
    await expect(publish(VIEW, THERE, NEW, AbortSignal.timeout(100))).rejects.toMatchObject({ code: 'chatSilent' });
  });

  it('when the signal had ended before, without a call', async () => {
    await expect(publish(VIEW, THERE, NEW, AbortSignal.abort())).rejects.toMatchObject({ code: 'chatSilent' });
    expect(messages()).toEqual([]);
  });
});

describe('without the scopes to look back', () => {
  it('a second card, or a second announcement, is the lesser evil', async () => {
    const scopes = ['chat:write', 'commands', 'users:read', 'channels:read'];
    const poor = await startRig({ scopes });
    const signal = AbortSignal.timeout(8_000);
    await poor.adapter.publish(VIEW, ALONE, NEW, signal);
    const ref = await poor.adapter.publish(VIEW, ALONE, TRIED, signal);
    expect(poor.seen(ADA)).toHaveLength(2);
    const previous = { ...TRIED, ref, announced: 'asked' };
    for (let again = 0; again < 2; again += 1) await poor.adapter.publish(OPEN, ALONE, previous, signal);
    expect(poor.seen(ADA)).toHaveLength(4);
    await poor.stop();
  });
});
