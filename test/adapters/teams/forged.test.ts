import { describe, expect, it } from 'vitest';
import { people } from '../../../simulators/world.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness({ bodyMs: 300 });

type Json = Record<string, unknown>;
const message = (): Json => h.sim.drafts.message(h.sim.person(ada.entraId), 'personal', 'list');
const FOREIGN = '00000000-0000-4000-8000-000000000000';

/** Opens the person's chat with the bot. */
const hello = async (entraId: string) => {
  await h.sim.install(entraId);
  await h.eventually(() => h.chatOf(entraId)[0]);
  h.inbox.commands.length = 0;
};

/** Nobody was asked, nothing was said, one line was logged. */
const nothingBut = (why: RegExp, code = 'forged') => {
  expect(h.inbox.commands).toEqual([]);
  expect(h.chatOf(ada.entraId)).toEqual([]);
  expect(h.log).toHaveLength(1);
  expect(h.log[0]).toMatchObject({ message: 'a delivery from Teams was refused', fields: { code } });
  expect(`${h.log[0]?.fields.why}`).toMatch(why);
  expect(JSON.stringify(h.log)).not.toContain('eyJ');
};

describe('a token', () => {
  it.each([
    ['that is missing', null],
    ['that is no JWT', 'garbage'],
    ['of a foreign issuer', { issuer: 'https://evil.example' }],
    ['for another bot', { audience: FOREIGN }],
    ['that is over', { expiresInSeconds: -400 }],
    ['under an unknown key', { kid: 'unknown' }],
    ['under a key for another channel', { key: 'unendorsed' }],
    ['without a service URL', { serviceUrl: null }],
    ['for another service URL', { serviceUrl: 'https://evil.example/' }],
    ['whose signature is false', { key: 'login', kid: 'teams-channel' }],
    ['without a signature', { algorithm: 'none' }],
    ['as an Emulator has it', { issuer: 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/' }],
  ] as const)('%s is refused without a word', async (_, token) => {
    expect(await h.sim.deliver(message(), { token })).toEqual({ ok: false, status: 401, body: '' });
    nothingBut(/./);
  });
});

describe('a delivery with a good token', () => {
  it.each<[string, Json, RegExp]>([
    ['another channel', { channelId: 'webchat' }, /channel/i],
    ['no service URL', { serviceUrl: '' }, /service/i],
    ['a foreign service URL', { serviceUrl: 'http://127.0.0.1:9/evil/' }, /allow-list/],
    ['a service URL that only begins like ours', { serviceUrl: 'http://127.0.0.1.evil.example/' }, /allow-list/],
    ['another bot', { recipient: { id: `28:${FOREIGN}` } }, /another bot/],
    ['nobody of the directory', { from: { id: '29:x', name: 'x' } }, /directory/],
    ['a group chat', { conversation: { id: '19:x', conversationType: 'groupChat' } }, /tenant/],
  ])('from or for %s is refused', async (_, patch, why) => {
    const { status, body } = await h.sim.deliver({ ...message(), ...patch });
    expect([Math.floor(status / 100), body]).toEqual([4, '']);
    nothingBut(why);
  });

  it.each<[string, (activity: Json) => Json]>([
    ['conversation', (a) => ({ ...a, conversation: { ...(a.conversation as Json), tenantId: FOREIGN } })],
    [
      'conversation without a tenant',
      (a) => ({ ...a, conversation: { ...(a.conversation as Json), tenantId: undefined } }),
    ],
    ['channel data', (a) => ({ ...a, channelData: { tenant: { id: FOREIGN } } })],
    ['channel data without a tenant', (a) => ({ ...a, channelData: {} })],
  ])('of another tenant is refused: %s', async (_, forge) => {
    expect(await h.sim.deliver(forge(message()))).toMatchObject({ status: 403, body: '' });
    nothingBut(/tenant/);
  });

  it('is taken once', async () => {
    await hello(ada.entraId);
    const activity = message();
    await h.sim.deliver(activity);
    await h.eventually(() => h.inbox.commands[0]);
    expect(await h.sim.deliver(activity)).toMatchObject({ status: 200, body: '' });
    expect(h.inbox.commands).toHaveLength(1);
    expect(h.log).toMatchObject([{ fields: { code: 'replayed' } }]);
  });

  it('is no replay when another conversation has the same activity id', async () => {
    await hello(ada.entraId);
    await hello(people.manager.entraId);
    const activity = message();
    const other = h.sim.drafts.message(h.sim.person(people.manager.entraId), 'personal', 'help');
    await h.sim.deliver(activity);
    await h.sim.deliver({ ...other, id: activity.id });
    await h.eventually(() => h.inbox.commands[1]);
  });

  it.each<[string, Json]>([
    ['an event of the channel', { type: 'conversationUpdate' }],
    ['an app that is removed', { type: 'installationUpdate', action: 'remove' }],
    ['a reaction', { type: 'messageReaction' }],
  ])('that is not for us is answered and left alone: %s', async (_, patch) => {
    expect(await h.sim.deliver({ ...message(), ...patch })).toMatchObject({ status: 200, body: '' });
    expect([h.inbox.commands, h.log]).toEqual([[], []]);
  });

  it('is left alone in a channel that does not mention us', async () => {
    const draft = h.sim.drafts.message(h.sim.person(ada.entraId), 'channel', 'hello all');
    expect(await h.sim.deliver({ ...draft, entities: [] })).toMatchObject({ status: 200 });
    expect([h.inbox.commands, h.log]).toEqual([[], []]);
  });

  it('of a guest gets nothing', async () => {
    h.sim.setPerson(ada.entraId, { userRole: 'guest' });
    await h.sim.say(ada.entraId, 'channel', 'list');
    await h.eventually(() => h.log[0]);
    expect(h.inbox.commands).toEqual([]);
    nothingBut(/guest/);
  });
});

describe('a request that is no delivery', () => {
  const url = () => `${h.server.url}/api/messages`;
  const json = { 'content-type': 'application/json' };
  const big = `"${'x'.repeat(256 * 1024)}"`;

  it.each<[string, RequestInit, number, RegExp]>([
    ['a GET', {}, 405, /POST/],
    ['no content type', { method: 'POST', body: new Uint8Array(2) }, 415, /json/],
    ['a form', { method: 'POST', body: new URLSearchParams({ a: 'b' }) }, 415, /json/],
    [
      'JSON of another kind',
      { method: 'POST', headers: { 'content-type': 'application/json+x' }, body: '{}' },
      415,
      /json/,
    ],
    [
      'a content encoding',
      { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: '{}' },
      415,
      /encoding/,
    ],
    ['too much, as announced', { method: 'POST', headers: json, body: big }, 413, /big/],
    ['no JSON', { method: 'POST', headers: json, body: '{' }, 400, /JSON/],
    ['no object', { method: 'POST', headers: json, body: '[]' }, 400, /activity/],
    ['an activity without its parts', { method: 'POST', headers: json, body: '{"type":"message"}' }, 400, /activity/],
  ])('is refused: %s', async (_, request, status, why) => {
    const response = await fetch(url(), request);
    expect([response.status, await response.text()]).toEqual([status, '']);
    nothingBut(why);
  });

  it('is refused when it turns out too big, or takes too long', async () => {
    const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(64 * 1024)) });
    const request = { method: 'POST', headers: json, duplex: 'half' } as RequestInit;
    await fetch(url(), { ...request, body: endless }).catch(() => undefined);
    nothingBut(/big/);
    const silent = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('{')) });
    const gone = new AbortController();
    const slow = fetch(url(), { ...request, body: silent, signal: gone.signal }).catch(() => undefined);
    await h.eventually(() => h.log[1]);
    expect(h.log[1]?.fields.why).toBe('too slow');
    gone.abort();
    await slow;
  });
});
