import { describe, expect, it, vi } from 'vitest';
import { channels, people } from '../../../simulators/world.ts';
import { teamsHarness } from './harness.ts';

const { requester: ada, manager: grace } = people;
const h = teamsHarness();

const answersTo = (entraId: string) =>
  h
    .chatOf(entraId)
    .filter(({ from }) => from.isBot)
    .map(({ text }) => text);
const firstAnswer = (entraId: string) => h.eventually(() => answersTo(entraId)[0]);
const firstForm = () => h.eventually(() => h.chatOf(ada.entraId).find(({ cards }) => cards.length > 0));

describe('what is written to the bot', () => {
  it('reaches the inbox, and the answer is private', async () => {
    h.inbox.answer = { lines: [['Asked for ', { person: 'x', name: 'web_1' }], ['Waiting.']], refused: false };
    await h.sim.say(ada.entraId, 'personal', '/jit request web-1 because deploy');
    expect(await firstAnswer(ada.entraId)).toBe('Asked for web\\_1\n\nWaiting.');
    const [[sender, text] = []] = h.inbox.commands;
    expect(text).toBe('/jit request web-1 because deploy');
    const place = { chat: 'teams', kind: 'private', id: ada.entraId };
    expect(sender).toMatchObject({ chat: 'teams', user: ada.entraId, place });
    expect(sender?.key).toMatch(/^a:1.+\/\d+$/);
  });

  it('is heard in a channel without the mention, and answered in the person’s own chat', async () => {
    await h.sim.say(ada.entraId, 'channel', 'list');
    expect(await firstAnswer(ada.entraId)).toBe('Done');
    const [[sender, text] = []] = h.inbox.commands;
    expect([text, sender?.place]).toEqual(['list', { chat: 'teams', kind: 'channel', id: channels.teams.id }]);
    expect(
      h
        .threads()
        .at(-1)
        ?.map(({ from }) => from.isBot),
    ).toEqual([false]);
  });

  it('has the others whom it mentions by their names', async () => {
    await h.sim.say(ada.entraId, 'personal', 'request web-1 for <at>Sam Haddad</at> because <at>Sam Haddad</at> asked');
    expect(await firstAnswer(ada.entraId)).toBe('Done');
    expect(h.inbox.commands[0]?.[1]).toBe('request web-1 for "@Sam Haddad" because "@Sam Haddad" asked');
  });

  it('is heard without what stands for the message that it quotes', async () => {
    await h.sim.say(ada.entraId, 'personal', '<quoted messageId="1772000000000"/> list mine');
    expect(await firstAnswer(ada.entraId)).toBe('Done');
    expect(h.inbox.commands.map(([, text]) => text)).toEqual(['list mine']);
  });

  it('in a channel, by somebody without the app, is answered with how to add it, and with nothing else', async () => {
    h.sim.setPerson(ada.entraId, { blocked: true });
    h.inbox.answer = { lines: [['secret']], refused: false };
    await h.sim.say(ada.entraId, 'channel', 'list');
    const hint = await h.eventually(() => h.threads().at(-1)?.[1]?.text);
    expect(hint).toMatch(/^<at>Ada Okafor<\/at>, Drawbridge answers in private/);
  });

  it('begins with help when the app is added, and with what waits', async () => {
    await h.sim.install(ada.entraId);
    await h.eventually(() => (answersTo(ada.entraId).length === 2 ? true : undefined));
    expect(h.inbox.commands.map(([, text]) => text)).toEqual(['help', 'home']);
  });

  it('begins with nothing more for somebody who is not registered', async () => {
    h.inbox.answer = { lines: [['You are not registered.']], refused: true };
    await h.sim.install(ada.entraId);
    await firstAnswer(ada.entraId);
    await vi.waitFor(() => expect(h.journal.kept()).toEqual([]));
    expect(h.inbox.commands.map(([, text]) => text)).toEqual(['help']);
    expect(h.inbox.opens).toEqual([{ chat: 'teams', kind: 'private', id: ada.entraId }]);
  });

  it('is heard in the chat of a meeting, where the bot is mentioned', async () => {
    await h.sim.say(ada.entraId, 'group', 'list');
    expect(await firstAnswer(ada.entraId)).toBe('Done');
    const place = { chat: 'teams', kind: 'channel', id: h.sim.state().group.id };
    expect(h.inbox.commands).toMatchObject([[{ place }, 'list']]);
    const unmentioned = h.sim.drafts.message(h.sim.person(ada.entraId), 'group', 'between us');
    await h.sim.deliver({ ...unmentioned, entities: [] });
    expect(h.inbox.commands).toHaveLength(1);
  });

  it('is answered also when Teams throttles', async () => {
    h.sim.faults.add('sendToConversation', { kind: 'throttle', retryAfterSeconds: 0 }, 2);
    await h.sim.say(ada.entraId, 'personal', 'list');
    expect(await firstAnswer(ada.entraId)).toBe('Done');
  });

  it('is answered once, and an answer that failed is logged', async () => {
    h.sim.faults.add('sendToConversation', { kind: 'lostReply' });
    await h.sim.say(ada.entraId, 'personal', 'list');
    await h.eventually(() => h.log.find(({ message }) => message === 'an answer could not be given in Teams'));
    expect(answersTo(ada.entraId)).toEqual(['Done']);
  });

  it('is gone on with where Teams was silent, so that nobody is told nothing', async () => {
    h.sim.faults.add('sendToConversation', { kind: 'reset' });
    expect((await h.sim.say(ada.entraId, 'personal', 'list')).ok).toBe(true);
    const left = await vi.waitFor(async () => {
      const [entry] = (await h.journal.unfinished(10)).entries;
      if (!entry) throw new Error('nothing is left');
      return entry;
    });
    expect(answersTo(ada.entraId)).toEqual([]);
    await h.adapter.again(left.what, { since: left.at, isLate: false });
    expect(answersTo(ada.entraId)).toEqual(['Done']);
    expect(h.inbox.commands.map(([, text]) => text)).toEqual(['list', 'list']);
  });

  it('is done where Teams refuses the answer for good', async () => {
    h.sim.faults.add('sendToConversation', { kind: 'error', status: 403, code: 'MessageWritesBlocked' });
    await h.sim.say(ada.entraId, 'personal', 'list');
    await vi.waitFor(() => expect(h.journal.kept()).toEqual([]));
    expect(h.inbox.commands).toHaveLength(1);
  });

  it('is gone on with where the journal did not answer, and had kept it: sent again, it counts as seen', async () => {
    const { accept } = h.journal;
    const journal = Object.assign(h.journal, {
      accept: async (...incoming: Parameters<typeof accept>) => {
        await accept(...incoming);
        throw new Error('the answer was lost');
      },
    });
    expect((await h.sim.say(ada.entraId, 'personal', 'list')).ok).toBe(false);
    Object.assign(journal, { accept });
    expect(h.inbox.commands).toEqual([]);
    expect((await journal.unfinished(10)).entries).toMatchObject([{ what: expect.stringContaining('"list"') }]);
  });

  it('waits for the answer when the adapter stops', async () => {
    let finish = () => {};
    h.inbox.answer = new Promise((resolve) => {
      finish = () => resolve({ lines: [['Late']], refused: false });
    });
    await h.sim.say(ada.entraId, 'personal', 'list');
    await h.sim.say(grace.entraId, 'personal', 'list');
    const stopped = h.adapter.stop();
    finish();
    await stopped;
    expect([...answersTo(ada.entraId), ...answersTo(grace.entraId)]).toEqual(['Late', 'Late']);
    expect(await h.sim.say(ada.entraId, 'personal', 'list')).toMatchObject({ status: 503 });
  });
});

describe('the request form', () => {
  const open = async () => {
    h.inbox.answer = { lines: [], refused: false, openForm: { form: 'request' } };
    await h.sim.say(ada.entraId, 'personal', 'request');
    return firstForm();
  };
  const filled = { machine: 'azure:web-1', ports: '22,3389', source: '198.51.100.4', justification: 'deploy' };

  it('is filled in once, however often it is sent', async () => {
    const { id } = await open();
    h.sim.faults.add('deliver', { kind: 'lostReply' });
    const seen = await h.sim.execute(ada.entraId, id, { verb: 'submitForm', inputs: filled });
    expect(seen).toMatchObject({ status: 200, body: { type: 'application/vnd.microsoft.card.adaptive' } });
    expect(JSON.stringify(seen.body)).toContain('Asked for web-1.');
    expect(h.inbox.submits.map(([, form]) => form)).toEqual(
      Array(2).fill({ ...filled, ports: ['22', '3389'], duration: '1h' }),
    );
    const keys = h.inbox.submits.map(([sender]) => sender.key);
    expect(keys[0]).toContain(ada.entraId);
    expect(new Set(keys).size).toBe(1);
  });

  it('comes back with its faults and with what was typed', async () => {
    const { id } = await open();
    h.inbox.formAnswer = {
      lines: [['“x” is not an IP address.']],
      refused: true,
      faults: { source: '“x” is no address' },
    };
    await h.sim.execute(ada.entraId, id, { verb: 'submitForm', inputs: { ...filled, source: 'x' } });
    const shown = JSON.stringify((await firstForm()).cardsFor[ada.entraId]);
    for (const text of ['“x” is no address', '"value":"x"', '"value":"22,3389"', '"value":"deploy"'])
      expect(shown).toContain(text);
    h.inbox.formAnswer = { lines: [['Nobody could approve this.']], refused: true };
    await h.sim.execute(ada.entraId, id, { verb: 'submitForm', inputs: filled });
    expect(JSON.stringify((await firstForm()).cardsFor[ada.entraId])).toContain('Nobody could approve this.');
  });

  it('is not sent half empty by Teams, nor believed when it is', async () => {
    const { id } = await open();
    const half = await h.sim.execute(ada.entraId, id, { verb: 'submitForm', inputs: { ...filled, machine: '' } });
    expect(half.notice).toBe('Choose a machine.');
    const action = { type: 'Action.Execute', verb: 'submitForm', data: { f: '', machine: 'web-1' } };
    const forged = h.invokeOf(ada.entraId, id, action);
    const known = expect.stringContaining('not known any more');
    expect(await h.sim.deliver(forged)).toMatchObject({ status: 200, body: { value: known } });
    expect(h.inbox.submits).toEqual([]);
  });

  it('is not shown to somebody who may ask for nothing', async () => {
    h.inbox.answer = { lines: [], refused: false, openForm: { form: 'request' } };
    h.inbox.formShown = {
      refusal: 'You are not registered with Drawbridge.',
      machines: [],
      typeAhead: false,
      ports: [],
      durations: [],
    };
    await h.sim.say(ada.entraId, 'personal', 'request');
    expect(await firstAnswer(ada.entraId)).toBe('You are not registered with Drawbridge.');
    expect(h.chatOf(ada.entraId).every(({ cards }) => cards.length === 0)).toBe(true);
  });

  it('finds machines as they are typed where there are many', async () => {
    h.inbox.formShown = { ...h.inbox.formShown, machines: [], typeAhead: true };
    const activity = await open();
    expect(JSON.stringify(activity.cards)).toContain('"choices.data":{"type":"Data.Query","dataset":"machines"}');
    const draft = h.invokeOf(ada.entraId, activity.id, {});
    const value = { kind: 'search', queryText: 'we', queryOptions: { skip: 0, top: 15 }, dataset: 'machines' };
    const answer = await h.sim.deliver({ ...draft, name: 'application/search', value });
    expect(answer.body).toEqual({
      statusCode: 200,
      type: 'application/vnd.microsoft.search.searchResponse',
      value: {
        results: [
          { title: 'web-1 (Azure, westeurope)', value: 'azure:web-1' },
          { title: 'db-1', value: 'aws:db-1' },
        ],
      },
    });
    expect(h.inbox.searches[0]?.[1]).toBe('we');
  });

  it('finds them page by page, and looks at the beginning of what is endless', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ value: `aws:m-${i}`, label: `m-${i}` }));
    h.inbox.machines = async (...asked) => {
      h.inbox.searches.push(asked);
      return many;
    };
    h.inbox.formShown = { ...h.inbox.formShown, machines: [], typeAhead: true };
    const draft = h.invokeOf(ada.entraId, (await open()).id, {});
    const page = async (skip: number | undefined, queryText = 'm') => {
      const value = {
        queryText,
        dataset: 'machines',
        ...(skip === undefined ? {} : { queryOptions: { skip, top: 15 } }),
      };
      const search = { ...draft, id: `f:${skip}-${queryText.length}`, name: 'application/search', value };
      const { body } = await h.sim.deliver(search);
      const { results } = (body as { readonly value: { readonly results: readonly { readonly value: string }[] } })
        .value;
      return results.map(({ value: found }) => found);
    };
    expect([await page(undefined), await page(0)]).toEqual(Array(2).fill(many.slice(0, 15).map(({ value }) => value)));
    expect(await page(15)).toEqual(many.slice(15, 30).map(({ value }) => value));
    expect(await page(30)).toHaveLength(10);
    expect(await page(45)).toEqual([]);
    expect(await page(0, 'm'.repeat(5_000))).toHaveLength(15);
    expect(h.inbox.searches.at(-1)?.[1]).toHaveLength(200);
  });

  it('shows the name of the machine, not its id, when it comes back with faults', async () => {
    h.inbox.formShown = { ...h.inbox.formShown, machines: [], typeAhead: true };
    const { id } = await open();
    h.inbox.formAnswer = { lines: [['No.']], refused: true, faults: { source: 'No address' } };
    const action = { type: 'Action.Execute', verb: 'submitForm', data: { f: 'x', ...filled, duration: '1h' } };
    const { body } = await h.sim.deliver(h.invokeOf(ada.entraId, id, action));
    expect(JSON.stringify(body)).toContain('{"title":"web-1 (Azure, westeurope)","value":"azure:web-1"}');
  });
});
