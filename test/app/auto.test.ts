import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const HOUR = 3_600_000;
const AUTO: Policy = { ...POLICY, auto: { upToMs: 2 * HOUR } };

function house(policy: Policy) {
  const made = world({ policies: [policy] });
  const run = () => converge(made.deps, MACHINE.id, new AbortController().signal);
  const ask = (forMs = HOUR) => submit(made.deps, ADA, { ...ASK, forMs }, SENDER);
  const load = async (id: string) => {
    const { request } = await made.deps.store.load(id);
    if (!request) throw new Error('no request');
    return request;
  };
  return { ...made, run, ask, load };
}

describe('a policy that lets in without a decision', () => {
  it('does so at once, and says that it was the policy', async () => {
    const { ask, run, load } = house(AUTO);
    const request = await ask();
    expect(request).toMatchObject({ status: 'activating', version: 2, asked: [], reviews: [] });
    expect(request.timeline.map(({ event }) => event)).toEqual(['asked', 'approved']);
    expect(plain(viewOf(request).status)).toBe('Approved by policy production; opening now');
    await run();
    expect(await load(request.id)).toMatchObject({ status: 'active' });
  });

  it('beyond its bounds asks as usual, also for more time', async () => {
    const { ask, run, load, deps } = house(AUTO);
    expect(await ask(2 * HOUR + 1)).toMatchObject({ status: 'pending', asked: [{ id: 'grace' }] });
    const other = house(AUTO);
    const { id } = await other.ask(2 * HOUR);
    await other.run();
    await extend(other.deps, ADA, id, HOUR);
    expect(await other.load(id)).toMatchObject({
      status: 'active',
      extension: { forMs: HOUR },
      asked: [{ id: 'grace' }],
    });
    expect([run, load, deps]).toHaveLength(3);
  });

  it('is judged again before it opens', async () => {
    const { ask, run, load, house: rules } = house(AUTO);
    const { id } = await ask();
    rules.policies = [POLICY];
    await run();
    expect(await load(id)).toMatchObject({ ending: { code: 'changedAndAsked' } });
  });

  it('lets in what a process that died left pending, once it is looked at', async () => {
    const { ask, run, load, deps } = house(AUTO);
    const { save } = deps.store;
    deps.store.save = async (changes) =>
      changes.some(({ from }) => from > 0) ? changes.map(() => 'stale' as const) : save.call(deps.store, changes);
    const { id, ...left } = await ask();
    expect(left).toMatchObject({ status: 'pending', lookAt: left.askedAt });
    deps.store.save = save.bind(deps.store);
    await run();
    expect(await load(id)).toMatchObject({ status: expect.stringMatching(/activating|active/) });
  });
});

it('extending without a decision is counted where the policy says how often', async () => {
  const { ask, run, load, deps } = house({
    ...AUTO,
    auto: { upToMs: HOUR },
    extendSelfUpToMs: 4 * HOUR,
    extendSelfTimes: 1,
  });
  const { id } = await ask(HOUR);
  await run();
  expect((await extend(deps, ADA, id, HOUR / 2)).timeline.at(-1)).toMatchObject({ event: 'extended' });
  await run();
  expect((await extend(deps, ADA, id, HOUR / 2)).timeline.at(-1)).toMatchObject({ event: 'extension asked' });
  expect(await load(id)).toMatchObject({ status: 'active' });
});

it('extending without a decision ends with the hours of the policy: at other times others decide', async () => {
  // It is 12:00 UTC, on a Monday.
  const hours = { days: [1], fromMinute: 0, toMinute: 14 * 60, zone: 'UTC' };
  const others = { ...hours, outside: [oneStage(['person:sam'], 1)] };
  const sam = { id: 'sam', name: 'Sam', slack: 'U3', groups: [] };
  const policy = { ...AUTO, extendSelfUpToMs: 4 * HOUR, hours: others };
  const { ask, run, load, deps, house: rules } = house(policy);
  rules.people = [...rules.people, sam];
  const { id } = await ask(HOUR);
  await run();
  expect((await extend(deps, ADA, id, HOUR)).timeline.at(-1)).toMatchObject({ event: 'extended' });
  await run();
  const longer = await extend(deps, ADA, id, HOUR / 2);
  expect(longer.timeline.at(-1)).toMatchObject({ event: 'extension asked' });
  expect(longer).toMatchObject({ status: 'active', asked: [{ id: 'grace' }] });
  await decide(deps, GRACE, { request: id, verdict: 'approve' });
  expect(await load(id)).toMatchObject({ asked: [{ id: 'sam' }], extension: { forMs: HOUR / 2 } });
  await decide(deps, sam, { request: id, verdict: 'approve' });
  expect((await load(id)).timeline.at(-1)).toMatchObject({ event: 'extended', by: 'sam' });
});
