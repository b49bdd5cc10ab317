import { describe, expect, it } from 'vitest';
import { show } from '../../src/app/inbox/show.ts';
import { sumUp } from '../../src/app/loops/bursts.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { notify } from '../../src/app/request/notify.ts';
import { nudge } from '../../src/app/request/nudge.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { phrased, plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Place } from '../../src/core/people/place.ts';
import { hasNoCard } from '../../src/core/request/held-back.ts';
import type { Report } from '../../src/core/view/report.ts';
import { inStatus } from '../core/samples.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const never = new AbortController().signal;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const CARDS = { most: 2, withinMs: 5 * MINUTE };

/** Requests of Ada, each from another address, so that none is the same as another. */
function flooded(approvers: 'one' | 'two' = 'two') {
  const stages = [oneStage(approvers === 'one' ? ['manager'] : ['manager', 'group:security'], 1)];
  const made = world({ people: [ADA, GRACE, SAM], policies: [{ ...POLICY, stages }] });
  Object.assign(made.deps.rules, { cards: CARDS });
  const told: { readonly title: string; readonly to: string; readonly lines: readonly string[] }[] = [];
  Object.assign(made.chat, {
    tell: async ({ title, sections }: Report, place: Place) =>
      void told.push({
        title: phrased(title),
        to: place.id,
        lines: sections.flatMap(({ rows }) => rows.map(({ line }) => plain(line))),
      }),
  });
  let asked = 0;
  const ask = async () => {
    asked += 1;
    const sender = { ...SENDER, key: `flood-${asked}` };
    const request = await submit(made.deps, ADA, { ...ASK, source: `203.0.113.${asked}` }, sender);
    await notify(made.deps, request.id, never);
    return request.id;
  };
  const at = (id: string, place: string) =>
    made.chat.shown.filter(({ view, place: shown }) => view.request === id && shown.id === place).length;
  return { ...made, told, ask, at, sumUp: () => sumUp(made.deps, never) };
}

describe('a burst of requests', () => {
  it('is summed up at another address of an approver whom the first one does not reach', async () => {
    const { ask, sumUp: sum, told, clock, deps, chat } = flooded();
    for (let n = 0; n < 4; n += 1) await ask();
    const { directory } = deps;
    const elsewhere = (id: string): Place => ({ chat: 'slack', kind: 'private', id });
    const reach = (person: Person) =>
      person.id === 'grace' ? ['UGONE', 'U2'].map(elsewhere) : directory.reach(person);
    Object.defineProperty(deps, 'directory', { value: Object.setPrototypeOf({ reach }, directory) });
    const { tell } = chat as unknown as { tell: (report: Report, place: Place) => Promise<void> };
    Object.assign(chat, {
      tell: async (report: Report, place: Place) => {
        if (place.id === 'UGONE') throw new Error('gone');
        await tell(report, place);
      },
    });
    clock.advance(MINUTE);
    await sum();
    expect(told.map(({ to }) => to)).toContain('U2');
  });

  it('gives an approver so many cards; the rest is one message once it is over, and on the channel’s cards meanwhile', async () => {
    const { ask, at, sumUp: sum, told, clock } = flooded();
    const ids = [await ask(), await ask(), await ask(), await ask()];
    expect(ids.map((id) => [at(id, 'U2'), at(id, 'U3'), at(id, 'C1'), at(id, 'U1')])).toEqual([
      [1, 1, 1, 1],
      [1, 1, 1, 1],
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ]);
    expect(await sum()).toBe(0);
    clock.advance(30 * SECOND);
    expect(await sum()).toBe(2);
    expect(told.map(({ title, to }) => [title, to])).toEqual([
      ['2 more requests wait for you', 'U2'],
      ['2 more requests wait for you', 'U3'],
    ]);
    expect(told[0]?.lines).toEqual([
      `Request \`${ids[2]}\`: Ada asks for port 22 (SSH) of api-1 from 203.0.113.3 for 1 h: “deploy”`,
      `Request \`${ids[3]}\`: Ada asks for port 22 (SSH) of api-1 from 203.0.113.4 for 1 h: “deploy”`,
      'Their cards are in the channels. To decide: there, or `/jit approve <id>`, `/jit deny <id>`.',
    ]);
    expect(await sum()).toBe(0);
    clock.advance(5 * MINUTE);
    expect(at(await ask(), 'U2')).toBe(1);
  });

  it('tells whoever is asked alone within a minute, though it goes on', async () => {
    const { ask, sumUp: sum, told, clock } = flooded('one');
    for (let i = 0; i < 2; i += 1) await ask();
    let waited = 0;
    await ask();
    while (told.length === 0) {
      clock.advance(5 * SECOND);
      waited += 5 * SECOND;
      if (waited % (10 * SECOND) === 0) await ask();
      await sum();
    }
    expect(waited).toBeLessThan(MINUTE);
  });

  it('sums up every few minutes where others are asked as well and it does not end', async () => {
    const { ask, sumUp: sum, told, clock } = flooded();
    for (let i = 0; i < 3; i += 1) await ask();
    let waited = 0;
    while (told.length === 0) {
      clock.advance(20 * SECOND);
      waited += 20 * SECOND;
      await ask();
      await sum();
    }
    expect(waited).toBe(5 * MINUTE);
  });

  it('tells nothing of what was decided meanwhile, and shows no card of it then', async () => {
    const { ask, at, sumUp: sum, told, clock, deps } = flooded();
    for (let i = 0; i < 2; i += 1) await ask();
    const [third, fourth] = [await ask(), await ask()];
    await decide(deps, GRACE, { request: third, verdict: 'deny', reason: 'no' });
    await notify(deps, third, never);
    clock.advance(MINUTE);
    await sum();
    expect(told.map(({ title }) => title)).toEqual(['1 more request waits for you', '1 more request waits for you']);
    expect(told[0]?.lines[0]).toContain(fourth);
    expect(at(third, 'U2')).toBe(0);
  });

  it('says it again where nobody knows whether it was said, and nothing where it could not be', async () => {
    const { ask, sumUp: sum, told, clock, chat } = flooded();
    for (let i = 0; i < 3; i += 1) await ask();
    clock.advance(MINUTE);
    const { tell } = chat as unknown as { tell: () => Promise<void> };
    Object.assign(chat, { tell: () => Promise.reject(new Error('no')) });
    expect(await sum()).toBe(0);
    Object.assign(chat, { tell });
    expect(await sum()).toBe(2);
    expect(told).toHaveLength(2);
  });

  it('shows whoever asked who hears of it how', async () => {
    const { ask, sumUp: sum, clock, deps } = flooded();
    for (let i = 0; i < 2; i += 1) await ask();
    const id = await ask();
    const rows = async () => {
      const page = await show(deps, ADA, id);
      return page.sections
        .flatMap(({ rows: all }) => all.map(({ line }) => plain(line)))
        .filter((line) => /Grace/.test(line));
    };
    expect(await rows()).toContain('Grace (manager): to be told in a summary.');
    clock.advance(MINUTE);
    await sum();
    expect((await rows()).at(0)).toMatch(/^Grace \(manager\): told in a summary at \d/);
  });

  it('gives a card after all to whoever is reminded of it, or asked for more time', async () => {
    const { ask, at, deps } = flooded();
    for (let i = 0; i < 2; i += 1) await ask();
    const [id, other] = [await ask(), await ask()];
    await nudge(deps, ADA, id);
    await notify(deps, id, never);
    expect([at(id, 'U2'), at(id, 'U3')]).toEqual([1, 1]);
    await decide(deps, GRACE, { request: other, verdict: 'approve' });
    await converge(deps, MACHINE.id, never);
    await notify(deps, other, never);
    expect(at(other, 'U2')).toBe(0);
    await extend(deps, ADA, other, 15 * MINUTE);
    await notify(deps, other, never);
    expect(at(other, 'U2')).toBe(1);
  });

  it('holds no broken glass back', () => {
    const held = { ...inStatus('active'), heldBack: [{ id: 'grace' }], breakGlass: undefined };
    expect(hasNoCard(held, 'grace', 'open-1')).toBe(true);
    expect(hasNoCard({ ...held, breakGlass: {} } as never, 'grace', 'glass-1')).toBe(false);
  });
});
