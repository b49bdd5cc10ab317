import { describe, expect, it, vi } from 'vitest';
import { people } from '../../../simulators/world.ts';
import { NO_DELIVERIES, NO_JSON } from '../bad-bodies.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada } = people;
const h = teamsHarness();

type Json = Record<string, unknown>;
const message = (): Json => h.sim.drafts.message(h.sim.person(ada.entraId), 'personal', 'list');
const FOREIGN = '00000000-0000-4000-8000-000000000000';

/** Opens the person's chat with the bot. */
const hello = async (entraId: string) => {
  await h.sim.install(entraId);
  await h.eventually(() => h.chatOf(entraId)[1]);
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
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(await h.sim.deliver(message(), { token })).toEqual({ ok: false, status: 401, body: '' });
    nothingBut(/./);
    // botbuilder would: a stack trace, or all keys of the issuer.
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
  });

  it('leaves what others print alone', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    const delivered = h.sim.deliver(message(), { token: { expiresInSeconds: -400 } });
    console.error('somebody else');
    await delivered;
    console.error('and again');
    expect(printed.mock.calls).toEqual([['somebody else'], ['and again']]);
    printed.mockRestore();
  });

  it('that is bad a hundred times does not flood the log', async () => {
    for (let n = 0; n < 100; n += 1) await h.sim.deliver(message(), { token: 'garbage' });
    expect(h.log).toHaveLength(30);
  });
});

/** With a good token, so that it is the shape alone that they are refused for. */
describe('a body that is no activity', () => {
  const isRefused = async (rawBody: string, status = 400) => {
    expect(await h.sim.deliver(message(), { rawBody })).toEqual({ ok: false, status, body: '' });
    nothingBut(/./);
    h.log.length = 0;
    await hello(ada.entraId);
    await h.sim.deliver(message());
    await h.eventually(() => h.inbox.commands[0]);
  };

  it.each([...NO_DELIVERIES, ...NO_JSON])('is refused: %s', (_, body) => isRefused(body));

  it.each<[string, Json]>([
    ['a person that is null', { from: null }],
    ['a person without an id', { from: { aadObjectId: ada.entraId } }],
    ['a person with an endless id', { from: { id: 'x'.repeat(501) } }],
    ['a bot that is a text', { recipient: 'bot' }],
    ['a conversation that is null', { conversation: null }],
    ['a conversation that is a list', { conversation: [] }],
    ['channel data that are null', { channelData: null }],
    ['a channel that is a text', { channelData: { tenant: { id: h.settings?.tenantId }, channel: 'general' } }],
    ['mentions that are an object', { entities: {} }],
    ['a text that is a number', { text: 1 }],
    ['a service URL that is null', { serviceUrl: null }],
    ['a type that is null', { type: null }],
    ['no channel id', { channelId: undefined }],
  ])('is refused: an activity with %s', (_, patch) => isRefused(JSON.stringify({ ...message(), ...patch })));

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a list', []],
    ['an action that is null', { action: null }],
    ['an action without data', { action: { type: 'Action.Execute', verb: 'approve' } }],
    ['data that are null', { action: { type: 'Action.Execute', verb: 'approve', data: null } }],
    [
      'a version that is a text',
      { action: { type: 'Action.Execute', verb: 'approve', data: { r: 'k7m2p9q', v: '1' } } },
    ],
  ])('is refused: a press with %s', async (_, value) => {
    await hello(ada.entraId);
    const press = { ...message(), type: 'invoke', name: 'adaptiveCard/action', value };
    const known = expect.stringContaining('not known any more');
    expect(await h.sim.deliver(press)).toMatchObject({ status: 200, body: { statusCode: 200, value: known } });
    expect(h.log).toMatchObject([{ fields: { code: 'unknown' } }]);
    expect(h.inbox.presses).toEqual([]);
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
    ['a message that is there again', { type: 'messageUpdate', channelData: { eventType: 'undeleteMessage' } }],
    ['a message that is gone', { type: 'messageDelete', channelData: { eventType: 'softDeleteMessage' } }],
  ])('that is not for us is answered and left alone: %s', async (_, patch) => {
    const draft = message();
    const channelData = { ...(draft.channelData as Json), ...(patch.channelData as Json | undefined) };
    expect(await h.sim.deliver({ ...draft, ...patch, channelData })).toMatchObject({ status: 200, body: '' });
    expect([h.inbox.commands, h.log]).toEqual([[], []]);
  });

  it('that changes what was written is not read, and whoever changed it is told, each time', async () => {
    await hello(ada.entraId);
    const draft = message();
    await h.sim.deliver(draft);
    await h.eventually(() => h.inbox.commands[0]);
    const edited = { ...(draft.channelData as Json), eventType: 'editMessage' };
    const told = () => h.chatOf(ada.entraId).filter(({ text }) => text?.startsWith('Edited messages are not read.'));
    const edit = { ...draft, type: 'messageUpdate', text: 'revoke web-1', channelData: edited };
    for (const count of [1, 2]) {
      const again = { ...edit, timestamp: `2026-03-10T12:00:0${count}.000Z` };
      expect(await h.sim.deliver(again)).toMatchObject({ status: 200 });
      await h.eventually(() => told()[count - 1]);
      // Teams sends what it had no answer to once more: that is the same change.
      expect(await h.sim.deliver(again)).toMatchObject({ status: 200 });
    }
    await h.sim.deliver({ ...message(), text: 'list' });
    await h.eventually(() => h.inbox.commands[1]);
    expect([h.inbox.commands.map(([, text]) => text), told().length]).toEqual([[draft.text, 'list'], 2]);
  });

  it('of somebody without an account, as in meetings, is answered in words where it is a press', async () => {
    await hello(ada.entraId);
    const press = h.invokeOf(ada.entraId, 'a1', {
      type: 'Action.Execute',
      verb: 'approve',
      data: { r: 'abc2345', v: 1 },
    });
    const { status, body } = await h.sim.deliver({ ...press, from: { id: '29:anonymous', name: 'Guest' } });
    expect([status, JSON.stringify(body)]).toEqual([200, expect.stringContaining('not guests')]);
    expect(h.inbox.presses).toEqual([]);
  });

  it('is left alone in a channel that does not mention us', async () => {
    const draft = h.sim.drafts.message(h.sim.person(ada.entraId), 'channel', 'hello all');
    expect(await h.sim.deliver({ ...draft, entities: [] })).toMatchObject({ status: 200 });
    expect([h.inbox.commands, h.log]).toEqual([[], []]);
  });

  it('of a guest is answered with why there is nothing for them, where they spoke', async () => {
    h.sim.setPerson(ada.entraId, { userRole: 'guest' });
    await h.sim.say(ada.entraId, 'channel', 'list');
    const said = await h.eventually(() => h.threads().at(-1)?.[1]?.text);
    expect(said).toBe(
      'Only members of this organization can use Drawbridge, not guests. Ask one of them to request access for you.',
    );
    expect(h.inbox.commands).toEqual([]);
    nothingBut(/guest/);
  });
});

describe('whoever is told why nothing is done', () => {
  const german = { locale: 'de-DE' };
  const words = ({ body }: { readonly body: unknown }) => JSON.stringify(body);

  it('reads it in their language: a guest, in words and by a press, and in a meeting without an account', async () => {
    await hello(ada.entraId);
    h.sim.setPerson(ada.entraId, { userRole: 'guest' });
    const own = 'Nur Mitglieder dieser Organisation';
    await h.sim.deliver({ ...message(), text: 'approve k7m3q9w', ...german });
    await h.eventually(() => h.chatOf(ada.entraId).find(({ text }) => text?.startsWith(own)));
    const press = {
      ...h.invokeOf(ada.entraId, 'a1', { type: 'Action.Execute', verb: 'approve', data: {} }),
      ...german,
    };
    expect(words(await h.sim.deliver(press))).toContain(own);
    expect(words(await h.sim.deliver({ ...press, from: { id: '29:anonymous', name: 'Guest' } }))).toContain(own);
  });

  it('reads it in their language: of a button that is not known any more, and while Teams does not say who it is', async () => {
    await hello(ada.entraId);
    const press = h.invokeOf(ada.entraId, 'a2', { type: 'Action.Execute', verb: 'gone', data: {} });
    expect(words(await h.sim.deliver({ ...press, ...german }))).toContain('Diese Schaltfläche ist nicht mehr bekannt');
    h.sim.faults.add('getConversationMember', { kind: 'reset' }, 2);
    const unknown = h.invokeOf(ada.entraId, 'a3', {
      type: 'Action.Execute',
      verb: 'approve',
      data: { r: 'abc2345', v: 1 },
    });
    expect(words(await h.sim.deliver({ ...unknown, ...german }))).toContain(
      'Teams sagt nicht, wer das war: es antwortet nicht.',
    );
  });
});

describe('a request that is no delivery', () => {
  const url = () => `${h.server.url}/api/messages`;
  const json = { 'content-type': 'application/json' };

  it.each<[string, RequestInit, number, RegExp]>([
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
    ['no JSON', { method: 'POST', headers: json, body: '{' }, 400, /JSON/],
    ['no object', { method: 'POST', headers: json, body: '[]' }, 400, /activity/],
    ['an activity without its parts', { method: 'POST', headers: json, body: '{"type":"message"}' }, 400, /activity/],
  ])('is refused: %s', async (_, request, status, why) => {
    const response = await fetch(url(), request);
    expect([response.status, await response.text()]).toEqual([status, '']);
    nothingBut(why);
  });

  it.each([
    ['a GET', {}, 405],
    ['too much', { method: 'POST', headers: json, body: `"${'x'.repeat(256 * 1_024)}"` }, 413],
  ])('is refused by the server: %s', async (_, request, status) => {
    expect((await fetch(url(), request)).status).toBe(status);
    expect(h.log).toMatchObject([{ message: 'a request was refused', fields: { status } }]);
  });
});
