import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { notify } from '../../src/app/request/notify.ts';
import { nudge } from '../../src/app/request/nudge.ts';
import { submit } from '../../src/app/request/submit.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import { type Place, placeKey } from '../../src/core/people/place.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { unreachedLine } from '../../src/core/view/unreached.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, SENDER, TestChat, world } from './fixtures.ts';

const never = new AbortController().signal;
const ENTRA = 'a1a1a1a1-0000-4000-8000-000000000002';
const CHANNEL = { chat: 'slack', kind: 'channel', id: 'C1' } as const;

/** A world in which these places take no card, with whom was shown what where. */
async function refusing(barred: readonly string[], people: readonly Person[] = [ADA, { ...GRACE, entra: ENTRA }]) {
  const closed = new Map(barred.map((key) => [key, 'not_in_channel']));
  const made = world({ people, chats: ['slack', 'teams'] });
  const shown: string[] = [];
  const words: string[] = [];
  for (const name of ['slack', 'teams'] as const) {
    const chat = new TestChat();
    const publish: TestChat['publish'] = async (view, place, previous) => {
      const code = closed.get(placeKey(place));
      if (code !== undefined) throw new JitError('chatRefused', { chat: 'Slack', code });
      shown.push(`${placeKey(place)}: ${view.announce.replace(/-\d+$/, '')}`);
      words.push(`${placeKey(place)}: ${plain(view.headline)}`);
      return previous.ref ?? { ts: '1' };
    };
    (made.deps.chats as Map<string, unknown>).set(name, Object.assign(chat, { chat: name, publish }));
  }
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  const told = async () => {
    for (let round = 0; round < 3; round += 1) await notify(made.deps, id, never);
    return shown.splice(0);
  };
  const load = async () => (await made.deps.store.load(id)).request;
  return { ...made, id, closed, told, load, words };
}

const noteOf = (request: Awaited<ReturnType<Awaited<ReturnType<typeof refusing>>['load']>>) =>
  request === undefined ? [] : viewOf(request).notes.map(({ text }) => plain(text));

describe('somebody who cannot be reached', () => {
  it('is asked at their other address in the words that everybody was asked in, not with who missed it', async () => {
    const { told, words } = await refusing(['slack:private:U2']);
    await told();
    const own = words.filter((line) => line.startsWith(`teams:private:${ENTRA}`));
    expect(own).toEqual([expect.stringMatching(/: Ada asks for access to api-1: .* “/)]);
    expect(words.some((line) => /^slack:private:U1: Ada: not everybody could be told/.test(line))).toBe(true);
  });

  it.each([
    ['teams:private', 'MessageWritesBlocked', /unblock the Drawbridge app in Teams, or to install it again/],
    ['teams:private', 'BotNotInConversationRoster', /install the Drawbridge app in Teams/],
    ['slack:private', 'user_disabled', /Slack account is deactivated/],
    ['slack:private', 'user_not_found', /There is no such Slack account/],
    ['slack:private', 'messages_tab_disabled', /Messages tab of the Drawbridge app/],
    ['slack:private', 'cannot_dm_bot', /open Drawbridge in Slack/],
    ['slack:channel', 'not_in_channel', /Type `\/invite @Drawbridge` in the channel/],
    [
      'slack:channel',
      'channel_not_found',
      /not there, or private: type `\/invite @Drawbridge` in it, or correct its ID/,
    ],
    ['slack:channel', 'restricted_action', /setting of the workspace/],
    ['slack:channel', 'restricted_action_read_only_channel', /posting permissions/],
    ['slack:channel', 'is_archived', /archived/],
    ['slack:channel', 'is_inactive', /archived/],
    ['teams:channel', 'BotNotInConversationRoster', /Add the Drawbridge app to the team/],
    [
      'teams:channel:19:a@thread.v2',
      'BotNotInConversationRoster',
      /a group chat of Teams .* Add the Drawbridge app to that chat/,
    ],
    ['teams:channel', 'ConversationNotFound', /not there any more: have another one named/],
  ])('is named with what helps where it was %s, %s', (place, code, words) => {
    const [chat, kind, ...id] = place.split(':') as ['slack' | 'teams', 'private' | 'channel', ...string[]];
    const who = kind === 'private' ? { who: { id: 'grace', name: 'Grace' } } : {};
    expect(plain(unreachedLine([{ place: { chat, kind, id: id.join(':') || 'X' }, code, ...who }]))).toMatch(words);
  });

  it('is asked at their other address, and whoever requested it is told once, with the channel', async () => {
    const { told, load } = await refusing(['slack:private:U2']);
    const all = await told();
    expect(all).toContain(`teams:private:${ENTRA}: unreached`);
    expect(all.filter((line) => line === 'slack:private:U1: unreached')).toHaveLength(1);
    expect(all.filter((line) => line === 'slack:channel:C1: unreached')).toHaveLength(1);
    expect(noteOf(await load())).toContain(
      'Not reached: Grace in Slack (not_in_channel); asked in Teams as well. Ask them to open Drawbridge in Slack.',
    );
    const request = await load();
    const headline = request === undefined ? '' : plain(viewOf(request).headline);
    expect(headline).toContain('Ada: not everybody could be told where they are usually told. Not reached: ');
    expect(headline).toContain('`/jit nudge` asks them again afterwards. Ada asks for access to api-1');
    expect(await told()).toEqual([]);
    expect(request?.timeline.filter(({ event }) => event === 'not reached')).toHaveLength(1);
  });

  it('of whom no chat took it is not said to be asked elsewhere', async () => {
    const { told, load } = await refusing(['slack:private:U2', `teams:private:${ENTRA}`]);
    await told();
    const note = noteOf(await load()).join();
    expect(note.match(/Not reached: Grace in \w+ \(not_in_channel\)\. /g)).toHaveLength(2);
    expect(note).not.toContain('as well');
  });

  it('is not told of again by what changes later, and is tried again then', async () => {
    const { deps, id, told, load, closed } = await refusing(['slack:private:U2']);
    await told();
    await nudge(deps, ADA, id);
    await told();
    expect((await load())?.timeline.filter(({ event }) => event === 'not reached')).toHaveLength(1);
    closed.clear();
    await inbox(deps).opened({ chat: 'slack', kind: 'private', id: 'U2' });
    expect(await told()).toContain('slack:private:U2: nudge');
    expect(noteOf(await load()).join()).not.toContain('Not reached');
  });
});

describe('a channel that the bot is not in', () => {
  it('is named to whoever requested it, with the remedy, and gets what waits once the bot was invited', async () => {
    const { deps, told, load, closed } = await refusing([placeKey(CHANNEL)]);
    expect(await told()).toContain('slack:private:U1: unreached');
    expect(noteOf(await load())).toContain(
      'Not reached: a channel of Slack (not_in_channel). Type `/invite @Drawbridge` in the channel.',
    );
    closed.clear();
    const elsewhere: Place = { ...CHANNEL, id: 'C2' };
    await inbox(deps).opened(elsewhere);
    expect(await told()).toEqual([]);
    await inbox(deps).opened(CHANNEL);
    expect(await told()).toContain('slack:channel:C1: unreached');
    const open = await load();
    expect(open && plain(viewOf(open).headline)).toMatch(/^Ada asks for access/);
    expect(noteOf(open).join()).not.toContain('Not reached');
    await inbox(deps).opened(CHANNEL);
    expect(await told()).toEqual([]);
  });

  it('is every channel of the team where an app of Teams does not say which', async () => {
    const { deps, told, closed, house } = await refusing(['slack:channel:C1']);
    expect(house.policies).toHaveLength(1);
    await told();
    closed.clear();
    await inbox(deps).opened({ chat: 'slack', kind: 'channel' });
    expect(await told()).toContain('slack:channel:C1: unreached');
  });
});
