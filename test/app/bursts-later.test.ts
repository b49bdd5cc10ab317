import { describe, expect, it } from 'vitest';
import { sumUp } from '../../src/app/loops/bursts.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { Alarms } from '../../src/app/operators/alarms.ts';
import { decide } from '../../src/app/request/decide.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { phrased } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Report } from '../../src/core/view/report.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const MINUTE = 60_000;
const never = new AbortController().signal;
const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };

async function four(stages: Policy['stages']) {
  const made = world({ people: [ADA, GRACE, SAM], policies: [{ ...POLICY, stages }] });
  const { deps, chat } = made;
  Object.assign(deps.rules, { cards: { most: 2, withinMs: 5 * MINUTE } });
  const told: (readonly [string, string])[] = [];
  Object.assign(chat, { tell: async ({ title }: Report, place: Place) => void told.push([phrased(title), place.id]) });
  const ids: string[] = [];
  for (let n = 1; n <= 4; n += 1) {
    // Grace is not in question here: her cards come one by one.
    made.clock.advance(3 * MINUTE);
    const ask = { ...ASK, source: `203.0.113.${n}` };
    ids.push((await submit(deps, ADA, ask, { ...SENDER, key: `k${n}` })).id);
  }
  const show = async () => {
    for (const id of ids) await notify(deps, id, never);
  };
  await show();
  const at = (place: string) =>
    ids.map((id) => chat.shown.filter((s) => s.view.request === id && s.place.id === place));
  const cards = (place: string) => at(place).map((all) => Math.min(1, all.length));
  return { ...made, ids, show, at, cards, told, sumUp: () => sumUp(deps, never) };
}

describe('a burst that comes later than the requests', () => {
  it('is held back from whoever a ladder asks, and summed up', async () => {
    const [stage] = [oneStage(['manager'], 1)];
    const ladder = { ...stage, answerInMs: 20 * MINUTE, later: ['group:security'] as const };
    const { clock, deps, show, cards, told, sumUp: sum } = await four([ladder]);
    expect(cards('U3')).toEqual([0, 0, 0, 0]);
    clock.advance(20 * MINUTE);
    await converge(deps, MACHINE.id, never);
    await show();
    expect(cards('U3')).toEqual([1, 1, 0, 0]);
    expect(cards('C1')).toEqual([1, 1, 1, 1]);
    clock.advance(30_000);
    expect(await sum()).toBe(1);
    expect(told).toEqual([['2 more requests wait for you', 'U3']]);
    expect(await sum()).toBe(0);
  });

  it('is held back from whoever a later stage asks', async () => {
    const {
      ids,
      deps,
      show,
      cards,
      clock,
      told,
      sumUp: sum,
    } = await four([oneStage(['manager'], 1), oneStage(['group:security'], 1)]);
    for (const request of ids) await decide(deps, GRACE, { request, verdict: 'approve' });
    await show();
    expect(cards('U3')).toEqual([1, 1, 0, 0]);
    clock.advance(MINUTE);
    await sum();
    expect(told).toEqual([['2 more requests wait for you', 'U3']]);
  });

  it('is silent on cards that are there already where very much is asked anew at once', async () => {
    const { ids, deps, show, at, cloud, clock, told, sumUp: sum } = await four([oneStage(['manager'], 1)]);
    const before = at('U2').map(({ length }) => length);
    clock.advance(10 * MINUTE);
    const { look } = cloud;
    cloud.look = async (id, signal) => ({ ...(await look(id, signal)), identity: 'i-2' });
    for (const request of ids) await decide(deps, GRACE, { request, verdict: 'approve' }).catch(() => undefined);
    await show();
    // The first two are said aloud; the others are edited, and summed up.
    const said = at('U2').map((all, i) =>
      all.slice(before[i]).map(({ view, previous }) => view.announce !== previous.announced),
    );
    expect(said).toEqual([[true], [true], [false], [false]]);
    clock.advance(MINUTE);
    await sum();
    expect(told).toEqual([['2 more requests wait for you', 'U2']]);
  });
});

describe('a summary that no address takes', () => {
  it('is tried less and less often, and told to the operators once; and taken once it can be', async () => {
    const { clock, deps, show, chat, told, ids } = await four([oneStage(['manager'], 1)]);
    const operators: Place = { chat: 'slack', kind: 'channel', id: 'COPS' };
    const rules = { ...deps.rules, cards: { most: 2, withinMs: 60 * MINUTE }, operators: [operators] };
    Object.defineProperty(deps, 'rules', { value: rules });
    for (let n = 5; n <= 7; n += 1) {
      const ask = { ...ASK, source: `203.0.113.${n}` };
      ids.push((await submit(deps, ADA, ask, { ...SENDER, key: `k${n}` })).id);
    }
    await show();
    let [isShut, tries] = [true, 0];
    const { tell } = chat as unknown as { tell: (report: Report, place: Place) => Promise<void> };
    Object.assign(chat, {
      tell: async (report: Report, place: Place) => {
        if (place.id === 'U2') tries += 1;
        if (place.id === 'U2' && isShut) throw new Error('user_not_found');
        return tell(report, place);
      },
    });
    const untaken = { people: new Map(), alarms: new Alarms(deps) };
    const pass = async (minutes: number) => {
      for (let n = 0; n < minutes * 12; n += 1) {
        clock.advance(5_000);
        await sumUp(deps, never, untaken);
      }
    };
    await pass(2);
    // At 30 s, and 30 s and 60 s later; every five minutes in the end, and not at each look.
    expect(tries).toBe(3);
    await pass(58);
    expect(tries).toBeLessThan(3 + 58 / 4);
    expect(tries).toBeGreaterThan(58 / 6);
    expect(told).toEqual([['An approver cannot be told in any chat', 'COPS']]);
    isShut = false;
    await pass(5);
    expect(told.slice(1)).toEqual([
      [expect.stringMatching(/more requests? waits? for you/), 'U2'],
      ['An approver can be told again', 'COPS'],
    ]);
    expect(untaken.people.size).toBe(0);
  });

  it('is over where nothing waits any more', async () => {
    const untaken = { people: new Map([['grace', { tries: 5, again: Number.MAX_SAFE_INTEGER }]]) };
    const { deps } = await four([oneStage(['group:security'], 1)]);
    await sumUp(deps, never, untaken);
    expect(untaken.people.size).toBe(0);
  });
});
