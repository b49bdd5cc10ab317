import { describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Active } from '../../src/core/request/request.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK, approved } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER } from './fixtures.ts';

const HOUR = 3_600_000;
const HALF_HOUR = HOUR / 2;
const never = new AbortController().signal;
const SAM = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };

/** Ada's hour is open, another half was approved, and the cloud was away when it was to be told. */
async function extended(self = 0) {
  const made = await approved({ people: [ADA, GRACE, SAM], policies: [{ ...POLICY, extendSelfUpToMs: self }] });
  const load = async () => (await made.load()) as Active;
  await made.converge();
  const { until } = (await load()).lease;
  made.clock.advance(60_000);
  await extend(made.deps, ADA, made.id, HALF_HOUR);
  if (self === 0) {
    made.clock.advance(60_000);
    await decide(made.deps, GRACE, { request: made.id, verdict: 'approve' });
  }
  expect((await load()).lease.until).toBe(until + HALF_HOUR);
  made.cloud.failures.push(new JitError('cloudBusy', { cloud: 'AWS' }));
  await made.converge();
  const told = made.cloud.calls.length;
  return {
    ...made,
    until,
    load,
    calls: () => made.cloud.calls.slice(told),
    rules: (change: object) => {
      made.house.policies = [{ ...POLICY, extendSelfUpToMs: self, ...change }];
    },
  };
}

describe('more time that was approved, and that the cloud was not told of yet', () => {
  it.each([
    ['taken by the requester', HALF_HOUR],
    ['approved by others', 0],
  ])('is given when the cloud is back (%s)', async (_, self) => {
    const { converge, load, until, calls, clock } = await extended(self);
    clock.advance(10 * 60_000);
    await converge();
    expect(calls()).toEqual([`open until ${until + HALF_HOUR}`]);
    expect((await load()).lease).toMatchObject({ until: until + HALF_HOUR, seenUntil: until + HALF_HOUR });
  });

  it.each([
    [
      'allow less',
      { longestMs: HOUR },
      /^Ada: more time on api-1 was approved, and is not given any more. Policy production allows 1 h in total/,
    ],
    ['demand other approvals', { stages: [oneStage(['group:security'], 1)] }, /approved by Grace|Grace/],
    ['refuse it', { who: ['group:security'] }, /No policy allows access to api-1/],
  ])(
    'is not given where the rules %s by then: what is open stays until its end, and people are told',
    async (_, change, words) => {
      const { converge, load, until, calls, clock, rules, cloud } = await extended();
      rules(change);
      clock.advance(10 * 60_000);
      await converge();
      expect(calls()).toEqual([]);
      expect(await load()).toMatchObject({ status: 'active', lease: { until, seenUntil: until } });
      const { announce, headline } = viewOf(await load());
      expect(announce).toMatch(/^extension-failed-/);
      expect(plain(headline)).toMatch(words);
      expect(plain(headline)).toContain('It stays open until');
      rules({});
      await converge();
      expect(calls()).toEqual([]);
      clock.advance(until - clock.now());
      await converge();
      expect(await load()).toMatchObject({ status: 'ended', ending: { why: 'elapsed' } });
      expect(cloud.rules.size).toBe(0);
    },
  );

  it('waits while nobody can tell, and is given then', async () => {
    const { deps, load, until, calls, clock } = await extended();
    const away = { ...deps, mustAgree: () => Promise.reject(new JitError('rulesDiffer')) };
    await converge(away, MACHINE.id, never);
    clock.advance(10 * 60_000);
    await converge(away, MACHINE.id, never);
    expect(calls()).toEqual([]);
    expect(await load()).toMatchObject({ trouble: { code: 'rulesDiffer' }, lease: { until: until + HALF_HOUR } });
    await converge(deps, MACHINE.id, never);
    expect(calls()).toEqual([`open until ${until + HALF_HOUR}`]);
    expect(await load()).not.toHaveProperty('trouble');
  });

  it('is not given where nobody can tell by the end that the cloud has: it is closed then', async () => {
    const { deps, load, until, calls, clock, cloud } = await extended();
    const away = { ...deps, mustAgree: () => Promise.reject(new JitError('rulesDiffer')) };
    clock.advance(until - clock.now());
    await converge(away, MACHINE.id, never);
    await converge(away, MACHINE.id, never);
    expect(await load()).toMatchObject({ status: 'ended' });
    expect(calls()).toEqual(['close 1']);
    expect(cloud.rules.size).toBe(0);
  });

  it('is not given where the requester took it, and the rules no longer let them', async () => {
    const { converge, load, until, calls, rules } = await extended(HALF_HOUR);
    rules({ extendSelfUpToMs: 0 });
    await converge();
    expect((await load()).lease.until).toBe(until);
    expect(calls().filter((one) => one.startsWith('open'))).toEqual([]);
  });

  it('is no reason to cut anybody off: whoever has the same rule is closed once it was judged', async () => {
    const BOB = { ...ADA, id: 'bob', name: 'Bob', slack: 'U9' };
    const made = await approved({ people: [ADA, GRACE, BOB], policies: [POLICY] });
    await made.converge();
    const { until } = ((await made.load()) as Active).lease;
    made.clock.advance(HALF_HOUR);
    const ask = { ...ASK, forMs: until - made.clock.now() };
    const { id } = await submit(made.deps, BOB, ask, { ...SENDER, key: 'k2', user: 'U9' });
    await decide(made.deps, GRACE, { request: id, verdict: 'approve' });
    await made.converge();
    made.clock.advance(until - made.clock.now() - 2_000);
    await extend(made.deps, ADA, made.id, HALF_HOUR);
    await decide(made.deps, GRACE, { request: made.id, verdict: 'approve' });
    const told = made.cloud.calls.length;
    made.clock.advance(2_500);
    for (let n = 0; n < 3; n += 1) await made.converge();
    expect(made.cloud.calls.slice(told)).toEqual([`open until ${until + HALF_HOUR}`]);
    expect((await made.deps.store.load(id)).request).toMatchObject({ status: 'ended' });
    expect(made.cloud.rules.size).toBe(1);
  });
});
