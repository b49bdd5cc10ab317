import { describe, expect, it } from 'vitest';
import { inbox } from '../../src/app/inbox/inbox.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { withdraw } from '../../src/app/request/end.ts';
import { notify } from '../../src/app/request/notify.ts';
import { oneStage } from '../../src/config/stage.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Machine } from '../../src/core/machine/machine.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { Verb, View } from '../../src/core/view/view.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const DB: Machine = { ...MACHINE, id: 'aws:123456789012:eu-west-1:i-0123456789abcdef1', name: 'db-1' };
const SAM = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['dba'] };
const GRACES: Place = { chat: 'slack', kind: 'private', id: 'U2' };
const CHANNEL: Place = { chat: 'slack', kind: 'channel', id: 'C1' };
const NEVER = new AbortController().signal;

function together(...policies: readonly (typeof POLICY)[]) {
  const made = world({ policies: policies.length > 0 ? policies : [POLICY], people: [ADA, GRACE, SAM] });
  made.cloud.machineList = [MACHINE, DB];
  const { look } = made.cloud;
  made.cloud.look = async (id, signal) => ({
    ...(await look(id, signal)),
    machine: made.cloud.machineList.find((one) => one.id === id) ?? MACHINE,
  });
  const box = inbox(made.deps);
  const all = async () => (await made.deps.store.recent('ada', 20)).toReversed();
  const shown = async (place: Place = GRACES) => {
    for (const { id } of await all()) await notify(made.deps, id, NEVER);
    return made.chat.shown.filter((one) => one.place.id === place.id).map(({ view }) => view);
  };
  const press = (user: string, view: View | undefined, verb: Verb, reason?: string, at: Partial<Place> = {}) =>
    box.press(
      { ...SENDER, user, place: { chat: 'slack', kind: 'private', id: user, ...at }, key: `${user}${verb}` },
      { verb, request: view?.request ?? '', version: view?.version ?? 0, ...(reason ? { reason } : {}) },
    );
  const ask = () => box.command(SENDER, 'request api-1, db-1 22 for 1h because deploy');
  return { ...made, ask, all, shown, press, box };
}

const labels = (view: View | undefined) => view?.buttons.map(({ label }) => phrased(label));
const text = ({ lines }: { readonly lines: readonly Parameters<typeof plain>[0][] }) => lines.map(plain).join('\n');

describe('several requests of one command', () => {
  it('are one card a place, with each machine and its state, and one message', async () => {
    const { ask, shown, chat, all } = together();
    expect(text(await ask())).toContain('They share a card.');
    const [card, ...more] = await shown();
    expect(more).toEqual([]);
    expect(chat.shown.map(({ place }) => place.id).sort()).toEqual(['C1', 'U1', 'U2']);
    expect(card?.title).toEqual('Ada asks for access to 2 machines');
    expect(card?.brief.map(plain)).toEqual([
      'Port 22 (SSH) from 203.0.113.7 for 1 h',
      expect.stringMatching(/^api-1: waiting; AWS, /),
      expect.stringMatching(/^db-1: waiting; AWS, /),
    ]);
    expect(plain(card?.headline ?? [])).toMatch(
      /^Ada asks for access to 2 machines, api-1 and db-1: port 22 .* “deploy” From 203\.0\.113\.7.*: api-1 on AWS.*; db-1 on AWS/,
    );
    expect(labels(card)).toEqual(['Approve all', 'Deny all']);
    expect(card?.request).toBe(`all-${(await all())[0]?.id}`);
  });

  it('are approved with one press, each judged on its own, and told once', async () => {
    const { ask, shown, press, all, deps } = together();
    await ask();
    const [card] = await shown();
    expect(await press('U2', card, 'approve')).toMatchObject({ refused: false, lines: [] });
    expect((await all()).map(({ status }) => status)).toEqual(['activating', 'activating']);
    for (const { machine } of await all()) await converge(deps, machine, NEVER);
    const cards = await shown({ chat: 'slack', kind: 'private', id: 'U1' });
    expect(cards.at(-1)?.title).toEqual('Access to 2 machines: open');
    expect(plain(cards.at(-1)?.headline ?? [])).toMatch(/^Ada: access to api-1 and db-1: open until /);
    expect(labels(cards.at(-1))).toEqual(['Close all']);
    await press('U1', cards.at(-1), 'revoke');
    expect((await all()).map(({ status }) => status)).toEqual(['closing', 'closing']);
  });

  it('are withdrawn, or denied with a reason, with one press', async () => {
    const { ask, shown, press, all } = together();
    await ask();
    const [card] = await shown();
    expect((await press('U2', card, 'deny', 'not today')).refused).toBe(false);
    expect((await all()).map(({ status }) => status)).toEqual(['denied', 'denied']);
    const last = (await shown()).at(-1);
    expect(last?.remarks.map((one) => one.text)).toEqual(['not today']);
    expect(plain(last?.headline ?? [])).toContain('Reason: “not today”');
  });

  it('names with its reason what was not approved; whoever may decide some decides these', async () => {
    const dba = {
      ...POLICY,
      name: 'databases',
      machines: { names: ['db-*'], tags: {} },
      stages: [oneStage(['group:dba'], 1)],
    };
    const { ask, shown, press, all } = together(dba, POLICY);
    await ask();
    const [card] = await shown(CHANNEL);
    expect(labels(card)).toContain('Approve all');
    const [own] = await shown();
    expect(own?.brief.map(plain).join()).not.toContain('db-1');
    await press('U2', own, 'approve');
    expect((await all()).map(({ status }) => status)).toEqual(['activating', 'pending']);
  });

  it('names with its reason what was not approved', async () => {
    const { ask, shown, press, all, deps } = together();
    await ask();
    await decide(deps, GRACE, { request: (await all())[0]?.id ?? '', verdict: 'deny', reason: 'no' });
    const last = (await shown(CHANNEL)).at(-1);
    const answer = await press('U3', last, 'approve', undefined, CHANNEL);
    expect(answer.refused).toBe(true);
    expect(text(answer)).toMatch(/^db-1 was not approved: /);
  });

  it('approves nothing where something else waits than the card showed', async () => {
    const { ask, shown, press, all, deps } = together();
    await ask();
    const [card] = await shown();
    await withdraw(deps, ADA, (await all())[0]?.id ?? '');
    const answer = await press('U2', card, 'approve');
    expect(answer.refused).toBe(true);
    expect(text(answer)).toContain('Something changed since the card was shown');
    expect(answer.view?.brief.map(plain).join()).toContain('api-1: withdrawn');
    expect((await press('U2', answer.view, 'approve')).refused).toBe(false);
    expect((await all()).map(({ status }) => status)).toEqual(['withdrawn', 'activating']);
  });

  it('count for each of two stages', async () => {
    const staged = { ...POLICY, stages: [oneStage(['manager'], 1), oneStage(['group:dba'], 1)] };
    const { ask, shown, press, all } = together(staged);
    await ask();
    await press('U2', (await shown())[0], 'approve');
    expect((await all()).map(({ reviews }) => reviews.length)).toEqual([1, 1]);
    const sams = await shown({ chat: 'slack', kind: 'private', id: 'U3' });
    expect(labels(sams.at(-1))).toEqual(['Approve all', 'Deny all']);
    await press('U3', sams.at(-1), 'approve');
    expect((await all()).map(({ status }) => status)).toEqual(['activating', 'activating']);
  });

  it('have buttons for each reader of a channel who looks at their card, also after a press there', async () => {
    const dba = { ...POLICY, name: 'databases', machines: { names: ['db-*'], tags: {} } };
    const { ask, shown, box, press } = together({ ...dba, stages: [oneStage(['group:dba'], 1)] }, POLICY);
    await ask();
    const [card] = await shown(CHANNEL);
    expect(card?.readers).toEqual(['ada', 'grace', 'sam']);
    const look = async (user: string) =>
      labels((await box.view({ ...SENDER, user, place: CHANNEL, key: `look-${user}` }, card?.request ?? '')).view);
    expect([await look('U1'), await look('U2'), await look('U3')]).toEqual([
      ['Nudge all', 'Withdraw all'],
      ['Approve 1 of 2', 'Deny 1 of 2'],
      ['Approve 1 of 2', 'Deny 1 of 2'],
    ]);
    const { view } = await press('U3', card, 'deny', 'no', CHANNEL);
    expect([labels(view), view?.readers]).toEqual([[], ['ada', 'grace', 'sam']]);
  });

  it('says one by one behind Details what each can be decided with, and decides each alone', async () => {
    const { ask, shown, press, all, deps } = together();
    await ask();
    const [card] = await shown();
    const { report } = await press('U2', card, 'details');
    const [first] = await all();
    expect(report?.sections.map(({ heading }) => heading)).toEqual(['api-1', 'db-1']);
    expect(report?.sections[0]?.rows.flatMap(({ button }) => button?.command ?? [])).toEqual([
      `show ${first?.id}`,
      `approve ${first?.id}`,
    ]);
    await decide(deps, GRACE, { request: first?.id ?? '', verdict: 'approve' });
    const last = (await shown()).at(-1);
    expect(labels(last)).toEqual(['Approve 1 of 2', 'Deny 1 of 2', 'Close 1 of 2']);
    expect(plain(last?.headline ?? [])).toMatch(/^Ada: access to api-1 was approved by Grace/);
  });

  it('of a group that was kept before, a member is not another’s', async () => {
    const { press, ask, shown } = together();
    await ask();
    const [card] = await shown();
    const stranger = await press('U2', card && { ...card, request: 'all-2222222' }, 'approve');
    expect(stranger.refused).toBe(true);
  });
});
