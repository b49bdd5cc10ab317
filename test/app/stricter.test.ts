import { describe, expect, it } from 'vitest';
import { router } from '../../src/app/loops/routing.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { extend } from '../../src/app/request/extend.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Active, Request } from '../../src/core/request/request.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, MACHINE, POLICY, SENDER, world } from './fixtures.ts';

const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const LIN: Person = { id: 'lin', name: 'Lin', slack: 'U4', groups: ['security'] };
const HOUR = 3_600_000;
const never = new AbortController().signal;
/** Noon of a Monday is when the tests begin. */
const MORNINGS = { days: [1], fromMinute: 0, toMinute: 60, zone: 'UTC' };

async function waiting(options: Parameters<typeof world>[0] = {}) {
  const made = world({ people: [ADA, GRACE, SAM, LIN], ...options });
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  const load = async () => {
    const { request } = await made.deps.store.load(id);
    if (!request) throw new Error('no request');
    return request as Request & Partial<Pick<Active, 'lease' | 'extension'>>;
  };
  let route = router(made.deps);
  await route(never);
  return {
    ...made,
    id,
    load,
    route: () => route(never),
    restart: () => {
      route = router(made.deps);
    },
    rules: (change: Partial<Policy>) => {
      made.house.policies = [{ ...POLICY, ...change }];
    },
    said: async () => {
      const { announce, headline, notes } = viewOf(await load());
      return { announce, headline: plain(headline), notes: notes.map(({ text }) => plain(text)) };
    },
  };
}

const HALF_HOUR = HOUR / 2;

/** Ada's hour is open, and she asked for another half hour of it. */
async function extending(more: Parameters<typeof world>[0] = {}) {
  const made = await waiting({ policies: [{ ...POLICY, extendSelfUpToMs: 0 }], ...more });
  await decide(made.deps, GRACE, { request: made.id, verdict: 'approve' });
  await converge(made.deps, MACHINE.id, never);
  made.clock.advance(60_000);
  await extend(made.deps, ADA, made.id, HALF_HOUR);
  await made.route();
  return made;
}

describe('more time that waits while the rules become stricter', () => {
  it('is said to be refused as it is now, once, to stay open until its end, and to be possible again', async () => {
    const { rules, route, restart, load, said, deps, id, chat, clock } = await extending();
    const until = (await load()).lease?.until;
    rules({ longestMs: HOUR });
    expect(await route()).toBe(1);
    const now = await said();
    expect(now.announce).toMatch(/^refused-now-/);
    expect(now.headline).toMatch(
      /^Ada: more time on api-1 cannot be approved any more. Policy production allows 1 h in total, which is used up at .* It stays open until /,
    );
    expect(now.notes).toEqual([
      expect.stringMatching(/^More time cannot be approved as things are now. Policy production/),
    ]);
    expect(await load()).toMatchObject({ status: 'active', extension: { forMs: HALF_HOUR }, lease: { until } });
    await notify(deps, id, never);
    const places = chat.shown.filter(({ view }) => view.announce === now.announce).map(({ place }) => place.id);
    expect(places).toEqual(expect.arrayContaining(['U1', 'U2']));
    await expect(decide(deps, GRACE, { request: id, verdict: 'approve' })).rejects.toMatchObject({
      code: 'policyExtension',
    });
    restart();
    expect(await route()).toBe(0);
    clock.advance(20 * 60_000);
    expect(await route()).toBe(0);
    rules({});
    expect(await route()).toBe(1);
    expect((await said()).headline).toBe('Ada: more time on api-1 can be approved again. It asks Grace (manager).');
    expect((await said()).notes).toEqual([]);
    expect(await route()).toBe(0);
    await decide(deps, GRACE, { request: id, verdict: 'approve' });
    expect((await load()).lease?.until).toBe((until ?? 0) + HALF_HOUR);
  });

  it('asks those who have to approve it now, and as many as it takes', async () => {
    const { rules, route, load, said } = await extending();
    rules({ stages: [oneStage(['group:security'], 1)] });
    expect(await route()).toBe(1);
    expect((await load()).asked.map((one) => one.id)).toEqual(['sam', 'lin']);
    expect((await said()).announce).toMatch(/^routed-/);
    // The same people, and both of them.
    rules({ stages: [oneStage(['group:security'], 2)] });
    expect(await route()).toBe(1);
    expect(await load()).toMatchObject({ extension: { quorum: [{ needs: 2 }] } });
    expect(await route()).toBe(0);
  });

  it('that was refused before says nothing of more time that is asked for after it', async () => {
    const { rules, route, load, deps, id, said, clock } = await extending();
    rules({ longestMs: HOUR });
    expect(await route()).toBe(1);
    await decide(deps, GRACE, { request: id, verdict: 'deny', reason: 'not now' });
    expect((await said()).notes).toEqual([]);
    clock.advance(1_000);
    rules({});
    await extend(deps, ADA, id, HALF_HOUR);
    expect((await said()).notes).toEqual([]);
    expect(await load()).toMatchObject({ extension: { forMs: HALF_HOUR } });
  });
});

describe('what waits', () => {
  it('is said to be refused when the requester is not among those of the policy any more', async () => {
    const { house, route, said } = await waiting();
    house.people = [{ ...ADA, groups: [] }, GRACE, SAM, LIN];
    expect(await route()).toBe(1);
    expect((await said()).headline).toBe(
      'Ada: the request for access to api-1 cannot be approved any more. No policy allows access to api-1. Ask your Drawbridge administrator to add one.',
    );
    house.people = [ADA, GRACE, SAM, LIN];
    expect(await route()).toBe(1);
    expect((await said()).announce).toMatch(/^allowed-again-/);
  });

  it('asks whoever is in the group of the policy now', async () => {
    const { house, route, rules, load } = await waiting();
    rules({ stages: [oneStage(['group:security'], 1)] });
    expect(await route()).toBe(1);
    expect(await route()).toBe(0);
    house.people = [ADA, GRACE, SAM, { ...LIN, groups: [] }];
    expect(await route()).toBe(1);
    expect((await load()).asked.map((one) => one.id)).toEqual(['sam']);
  });

  it('is said to be refused when its machine is protected no more, and to be possible again without another change of the rules', async () => {
    const { cloud, route, rules, said, clock } = await waiting();
    const { look } = cloud;
    cloud.look = async (...given) => {
      const { protection: _, ...state } = await look(...given);
      return state;
    };
    rules({ longestMs: 3 * HOUR });
    expect(await route()).toBe(1);
    expect((await said()).headline).toMatch(/^Ada: the request for access to api-1 cannot be approved any more. /);
    cloud.look = look;
    expect(await route()).toBe(0);
    clock.advance(16 * 60_000);
    expect(await route()).toBe(1);
    expect((await said()).announce).toMatch(/^allowed-again-/);
  });

  it('is said to be refused when its cloud is configured no more', async () => {
    const { deps, said } = await waiting();
    // It takes a restart.
    const route = router({ ...deps, clouds: new Map() });
    expect(await route(never)).toBe(1);
    expect((await said()).headline).toContain('Drawbridge is not set up for AWS.');
    expect(await route(never)).toBe(0);
    expect(await router(deps)(never)).toBe(1);
    expect((await said()).announce).toMatch(/^allowed-again-/);
  });

  it('is said to be refused by what lasts, whatever else passes by itself', async () => {
    const { rules, route, said } = await waiting();
    rules({ hours: MORNINGS, longestMs: HALF_HOUR });
    expect(await route()).toBe(1);
    expect((await said()).headline).toContain('allows at most 30 min');
  });

  it('hears nothing while processes judge by different rules, and once they agree, once', async () => {
    const { deps, rules, load } = await waiting();
    let differ = true;
    const mustAgree = async () => {
      if (differ) throw new JitError('rulesDiffer');
    };
    const [one, other] = [router({ ...deps, mustAgree }), router({ ...deps, mustAgree })];
    const { version } = await load();
    rules({ longestMs: HALF_HOUR });
    for (const route of [one, other, one, other]) expect(await route(never)).toBe(0);
    expect((await load()).version).toBe(version);
    differ = false;
    expect(await other(never)).toBe(1);
    expect(await one(never)).toBe(0);
    expect(await other(never)).toBe(0);
  });
});

describe('a request that waits while the rules become stricter', () => {
  it('asks those who have to approve now, and tells everybody what changed, once', async () => {
    const { rules, route, restart, load, said, deps, id, chat } = await waiting();
    rules({ stages: [oneStage(['group:security'], 2)] });
    expect(await route()).toBe(1);
    expect(await load()).toMatchObject({ again: { what: ['Approvals: the manager → 2 of group security'] } });
    expect((await load()).asked.map((one) => one.id)).toEqual(['sam', 'lin']);
    expect((await said()).announce).toMatch(/^changed-/);
    await notify(deps, id, never);
    expect(chat.shown.filter(({ previous }) => !previous.announced).map(({ place }) => place.id)).toEqual(
      expect.arrayContaining(['U1', 'U3', 'U4']),
    );
    const { version } = await load();
    restart();
    expect(await route()).toBe(0);
    expect((await load()).version).toBe(version);
  });

  it('is said to be refused as it is now, once, and to be possible again', async () => {
    const { rules, route, restart, load, said } = await waiting();
    rules({ longestMs: HOUR / 2 });
    expect(await route()).toBe(1);
    const words = 'Policy production allows at most 30 min; 1 h was requested. Request 30 min or less.';
    expect(await said()).toEqual({
      announce: expect.stringMatching(/^refused-now-/),
      headline: `Ada: the request for access to api-1 cannot be approved any more. ${words}`,
      notes: [`Cannot be approved as things are now. ${words}`],
    });
    expect(await load()).toMatchObject({ status: 'pending', asked: [{ id: 'grace' }] });
    restart();
    expect(await route()).toBe(0);
    rules({});
    expect(await route()).toBe(1);
    expect(await said()).toEqual({
      announce: expect.stringMatching(/^allowed-again-/),
      headline: 'Ada: the request for access to api-1 can be approved again. It asks Grace (manager).',
      notes: [],
    });
    expect(await route()).toBe(0);
  });

  it('says nothing where it is outside the hours of a policy: that passes, and then it is looked at again', async () => {
    const { rules, route, load, clock } = await waiting();
    const { version } = await load();
    rules({ hours: MORNINGS, stages: [oneStage(['group:security'], 2)] });
    expect(await route()).toBe(0);
    expect((await load()).version).toBe(version);
    // To the next morning within these hours.
    rules({ hours: { ...MORNINGS, fromMinute: 0, toMinute: 1_440 }, stages: [oneStage(['group:security'], 2)] });
    clock.advance(HOUR);
    expect(await route()).toBe(1);
    expect(await load()).toMatchObject({ again: { what: ['Approvals: the manager → 2 of group security'] } });
  });

  it('is looked at again by itself when the hours begin', async () => {
    const { rules, route, load, clock } = await waiting();
    rules({ hours: { ...MORNINGS, fromMinute: 13 * 60, toMinute: 1_440 }, stages: [oneStage(['group:security'], 2)] });
    expect(await route()).toBe(0);
    clock.advance(HOUR + 1_000);
    expect(await route()).toBe(1);
    expect(await load()).toMatchObject({ again: {} });
  });
});
