import type { TurnContext } from 'botbuilder';
import { describe, expect, it } from 'vitest';
import { checkCard } from '../../simulators/teams/card-check.ts';
import { pressButton } from '../../simulators/teams/card-press.ts';
import { people } from '../../simulators/world.ts';
import { attached, card, teamsWorld } from './teams-bot.ts';

const { requester: ada, manager: grace, outsider: otto } = people;
const world = teamsWorld();

const cardAnswer = (value: object) => ({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive', value });
const textAnswer = (value: string) => ({ statusCode: 200, type: 'application/vnd.microsoft.activity.message', value });
const noticesOf = (entraId: string) => (world.sim.state().notices[entraId] ?? []).map((notice) => notice.text);

describe('buttons', () => {
  it('bring the action with its inputs; the card that comes back is for the presser alone', async () => {
    const id = await world.sendCard(grace, card('asked'));
    world.bot.onTurn = (context) => world.bot.respond(context, cardAnswer(card('denied')));
    expect(await world.sim.execute(grace.entraId, id, { verb: 'deny', inputs: { reason: 'no' } })).toMatchObject({
      ok: true,
    });
    expect(world.bot.heard[0]).toMatchObject({
      type: 'invoke',
      name: 'adaptiveCard/action',
      replyToId: id,
      value: { trigger: 'manual', action: { type: 'Action.Execute', verb: 'deny', data: { id: 'r1', reason: 'no' } } },
    });
    expect(world.chatOf(grace.entraId)[0]).toMatchObject({
      cards: [card('asked')],
      cardsFor: { [grace.entraId]: card('denied') },
    });
    world.bot.onTurn = (context) => context.updateActivity({ ...attached(card('settled')), id });
    await world.sim.say(grace.entraId, 'personal', 'go');
    const [settled] = world.chatOf(grace.entraId);
    expect([settled?.cards, settled?.cardsFor]).toEqual([[card('settled')], {}]);
  });

  it('show a text to the presser alone', async () => {
    const thread = await world.bot.postInChannel(attached(card('asked')));
    world.bot.onTurn = (context) => world.bot.respond(context, textAnswer('This is not yours to decide'));
    const seen = await world.sim.execute(otto.entraId, `${thread.split('=')[1]}`, { verb: 'approve' });
    expect(seen).toMatchObject({ ok: true, notice: 'This is not yours to decide' });
    expect(noticesOf(otto.entraId)).toContain('This is not yours to decide');
    expect(noticesOf(ada.entraId)).not.toContain('This is not yours to decide');
  });

  it('are not sent when the card’s own rules are not met, or are not there', async () => {
    const id = await world.sendCard(grace, card('asked'));
    expect(await world.sim.execute(grace.entraId, id, { verb: 'deny' })).toMatchObject({
      ok: false,
      notice: 'Say why',
    });
    const long = { reason: 'x'.repeat(21) };
    expect(await world.sim.execute(grace.entraId, id, { verb: 'deny', inputs: long })).toMatchObject({
      notice: 'Say why',
    });
    await expect(world.sim.execute(grace.entraId, id, { verb: 'open' })).rejects.toThrow('the card has: approve, deny');
    await expect(world.sim.execute(grace.entraId, id, { verb: 'deny', inputs: { x: 'y' } })).rejects.toThrow(
      "input 'x'",
    );
    await expect(world.sim.execute(ada.entraId, id, { verb: 'approve' })).rejects.toThrow('sees no card');
    expect(world.bot.heard).toEqual([]);
  });

  it.each([
    [
      'an error status',
      (context: TurnContext) => world.bot.respond(context, {}, 500),
      'HTTP status 500 instead of 200',
    ],
    ['no answer', async () => {}, 'HTTP status 501 instead of 200'],
    ['a bad card', (context: TurnContext) => world.bot.respond(context, cardAnswer({ type: 'x' })), 'card: '],
    [
      'an unknown type',
      (c: TurnContext) => world.bot.respond(c, { statusCode: 200, type: 'x' }),
      "no answer has type 'x'",
    ],
  ])('end in an apology after %s', async (_, onTurn, problem) => {
    const id = await world.sendCard(grace, card('asked'));
    world.bot.onTurn = onTurn;
    const seen = await world.sim.execute(grace.entraId, id, { verb: 'approve' });
    expect(seen).toMatchObject({ ok: false, notice: 'Something went wrong. Please try again.' });
    expect(seen.problems?.join()).toContain(problem);
  });

  it('end in an apology when the answer does not come in time', async () => {
    const id = await world.sendCard(grace, card('asked'));
    let finish = () => {};
    world.bot.onTurn = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    expect(await world.sim.execute(grace.entraId, id, { verb: 'approve' })).toMatchObject({ ok: false, status: 0 });
    expect(noticesOf(grace.entraId).at(-1)).toBe('Something went wrong. Please try again.');
    finish();
  });

  it('refresh the card by themselves for the people it names only', async () => {
    const thread = await world.bot.postInChannel(attached(card('asked')));
    const id = `${thread.split('=')[1]}`;
    world.bot.onTurn = (context) => world.bot.respond(context, cardAnswer(card('yours to decide')));
    expect(await world.sim.refresh(ada.entraId, id)).toBeUndefined();
    expect(await world.sim.refresh(grace.entraId, id)).toMatchObject({ ok: true });
    expect(world.bot.heard.map(({ value }) => [value.trigger, value.action.verb])).toEqual([['automatic', 'look']]);
    expect(await world.sim.refresh(ada.entraId, id, 'manual')).toMatchObject({ ok: true });
  });
});

describe('the card check', () => {
  const base = { type: 'AdaptiveCard', version: '1.5' };
  const text = { type: 'TextBlock', text: 'x' };

  it('takes nested containers, tables, inputs, shown cards and Teams’ own additions', () => {
    const inputs = [
      {
        type: 'Input.ChoiceSet',
        id: 'machine',
        style: 'filtered',
        'choices.data': { type: 'Data.Query', dataset: 'm' },
      },
      { type: 'Input.Toggle', id: 'sure', title: 'Sure?' },
    ];
    const row = { type: 'TableRow', cells: [{ type: 'TableCell', items: [text] }] };
    const good = {
      ...base,
      msteams: { width: 'Full' },
      body: [
        { type: 'Container', style: 'emphasis', items: [{ type: 'FactSet', facts: [{ title: 'a', value: 'b' }] }] },
        { type: 'ColumnSet', columns: [{ type: 'Column', width: 'auto', items: [text, { ...text, size: 'Large' }] }] },
        { type: 'Table', columns: [{ width: 1 }], rows: [row] },
        { type: 'ActionSet', actions: [{ type: 'Action.OpenUrl', url: 'https://example.com' }] },
      ],
      actions: [{ type: 'Action.ShowCard', title: 'More', card: { type: 'AdaptiveCard', body: inputs } }],
    };
    expect(checkCard(good)).toEqual([]);
  });

  it.each([
    ['a list', [], 'card: an object is expected'],
    ['no type', { version: '1.5' }, "card: type must be 'AdaptiveCard'"],
    ['no version', { type: 'AdaptiveCard' }, 'card.version: a version like 1.5 is expected'],
    ['a version that Teams does not render', { ...base, version: '1.6' }, 'card.version: Teams renders up to 1.5'],
    ['an unknown property', { ...base, title: 'x' }, "card: 'AdaptiveCard' has no property 'title'"],
    ['a missing property', { ...base, body: [{ type: 'TextBlock' }] }, "card.body[0]: 'TextBlock' needs 'text'"],
    ['a number as text', { ...base, body: [{ ...text, text: 1 }] }, 'card.body[0].text: a string is expected'],
    ['a word as a switch', { ...base, body: [{ ...text, wrap: 'yes' }] }, 'card.body[0].wrap: a boolean is expected'],
    ['an unknown word', { ...base, body: [{ ...text, color: 'red' }] }, 'card.body[0].color: not one of default|'],
    ['an action as an element', { ...base, body: [{ type: 'Action.Submit' }] }, 'is not an Element of'],
    ['an element without a type', { ...base, body: [{ text: 'x' }] }, "type 'undefined' is not an Element"],
    ['an input without an id', { ...base, body: [{ type: 'Input.Text' }] }, "'Input.Text' needs 'id'"],
    ['an id used twice', { ...base, body: [1, 2].map(() => ({ ...text, id: 'a' })) }, "the id 'a' is used twice"],
    ['a bad URL', { ...base, actions: [{ type: 'Action.OpenUrl', url: 'http://[' }] }, 'url: a URL is expected'],
    ['a submit that refreshes', { ...base, refresh: { action: { type: 'Action.Submit' } } }, "instead of 'Action.Exec"],
    ['a refresh by Entra id', card('x', grace.entraId), 'is not a Teams user id'],
    [
      'a refresh for too many',
      { ...base, refresh: { action: { type: 'Action.Execute' }, userIds: Array(61).fill('29:x') } },
      'more than 60 users',
    ],
  ])('refuses %s', (_, content, problem) => {
    expect(checkCard(content).join('; ')).toContain(problem);
  });
});

describe('the client', () => {
  const choice = (...values: string[]) => values.map((value) => ({ title: value, value }));
  const execute = (verb: string, rest = {}) => ({ type: 'Action.Execute', verb, ...rest });
  const form = {
    body: [
      { type: 'Input.Number', id: 'hours', min: 1, max: 8, value: 2, errorMessage: 'One to eight' },
      { type: 'Input.ChoiceSet', id: 'port', choices: choice('22', '3389'), label: 'Port' },
      { type: 'Input.Text', id: 'from', regex: '^[0-9.]+$' },
      { type: 'Input.Toggle', id: 'sure', title: 'Sure?' },
    ],
    actions: [
      execute('ask'),
      execute('pick', { title: 'One', data: { n: 1 } }),
      execute('pick', { title: 'Two', data: { n: 2 } }),
      { type: 'Action.ShowCard', card: { body: [{ type: 'Input.Text', id: 'why' }], actions: [execute('deny')] } },
    ],
  };

  it('sends the values of the card where the person changed nothing, and those around a shown card', () => {
    const data = { hours: '2', sure: 'false' };
    expect(pressButton(form, { verb: 'ask' })).toMatchObject({ action: { data } });
    const deny = pressButton(form, { verb: 'deny', inputs: { why: 'no', port: '22' } });
    expect(deny).toMatchObject({ action: { verb: 'deny', data: { ...data, why: 'no', port: '22' } } });
  });

  it('finds the button among several of one verb', () => {
    expect(() => pressButton(form, { verb: 'pick' })).toThrow("2 buttons fit verb 'pick'");
    expect(pressButton(form, { verb: 'pick', title: 'Two' })).toMatchObject({ action: { data: { n: 2 } } });
    expect(pressButton(form, { verb: 'pick', data: { n: 1 } })).toMatchObject({ action: { title: 'One' } });
  });

  it.each([
    [{ hours: '9' }, 'One to eight'],
    [{ hours: 'many' }, 'One to eight'],
    [{ port: '23' }, 'Port'],
    [{ from: 'home' }, 'from'],
  ])('keeps %o to itself', (inputs, complaint) => {
    expect(pressButton(form, { verb: 'ask', inputs })).toEqual({ complaint });
  });
});
