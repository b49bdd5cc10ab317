import { describe, expect, it } from 'vitest';
import { router } from '../../src/app/loops/routing.ts';
import { notify } from '../../src/app/request/notify.ts';
import { submit } from '../../src/app/request/submit.ts';
import { oneStage } from '../../src/config/stage.ts';
import { plain } from '../../src/core/language/text.ts';
import type { Person } from '../../src/core/people/person.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { viewOf } from '../../src/core/view/projection.ts';
import { ASK } from './approved.ts';
import { ADA, GRACE, POLICY, SENDER, world } from './fixtures.ts';

const SAM: Person = { id: 'sam', name: 'Sam', slack: 'U3', groups: ['security'] };
const LIN: Person = { id: 'lin', name: 'Lin', slack: 'U4', groups: ['security'] };
const HOUR = 3_600_000;
const never = new AbortController().signal;
/** Noon of a Monday is when the tests begin. */
const MORNINGS = { days: [1], fromMinute: 0, toMinute: 60, zone: 'UTC' };

async function waiting() {
  const made = world({ people: [ADA, GRACE, SAM, LIN] });
  const { id } = await submit(made.deps, ADA, ASK, SENDER);
  const load = async () => {
    const { request } = await made.deps.store.load(id);
    if (!request) throw new Error('no request');
    return request;
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
      headline: `Ada: the request for access to api-1 cannot be approved any more, as the rules changed. ${words}`,
      notes: [`Cannot be approved as the rules are now. ${words}`],
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
