import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/core/policy/judge.ts';
import { overlaps } from '../../src/core/policy/overlap.ts';
import type { Refusal } from '../../src/core/policy/policy.ts';
import type { Wish } from '../../src/core/policy/wish.ts';
import { ADA, policy, RDP, SAM, SSH, T0, WEB } from './samples.ts';

const HOUR = 3_600_000;
const WISH: Wish = {
  person: ADA,
  machine: WEB,
  ports: [SSH],
  source: '203.0.113.7/32',
  forMs: HOUR,
  isBastion: false,
  cutsSessions: false,
  now: T0,
};
const ALL = { names: [], tags: {} };
const refusal = (patch: Partial<Refusal> = {}): Refusal => ({
  name: 'frozen',
  machines: ALL,
  reason: 'Change freeze.',
  ...patch,
});
const against = (one: Refusal, patch: Partial<Wish> = {}) =>
  judge([policy()], { ...WISH, ...patch }, [one]).against.map(({ say, hint }) => `${say} ${hint}`);
const NO = 'Policy frozen refuses this: Change freeze. Nobody can approve it.';

describe('a refusal', () => {
  it('stops what a policy would let through, with its reason', () => {
    expect(judge([policy()], WISH).against).toEqual([]);
    expect(against(refusal())).toEqual([NO]);
  });

  it('is for these people, machines and ports alone', () => {
    for (const one of [
      refusal({ who: ['group:security'] }),
      refusal({ machines: { ...ALL, tags: { env: 'dev' } } }),
      refusal({ ports: [RDP] }),
    ])
      expect(against(one)).toEqual([]);
    expect(
      against(refusal({ who: ['person:ada'], machines: { ...ALL, names: ['web-*'] }, ports: [RDP, SSH] })),
    ).toEqual([NO]);
    expect(against(refusal({ ports: [RDP] }), { ports: [SSH, RDP] })).toEqual([NO]);
  });

  it('is for its time, also where only the end of what is asked for falls into it', () => {
    const during = { from: T0 + HOUR, until: T0 + 24 * HOUR, zone: 'UTC' };
    expect(against(refusal({ during }))).toEqual([]);
    expect(against(refusal({ during }), { forMs: HOUR + 1 })).toEqual([
      'Policy frozen refuses this: Change freeze. It holds from 2026-03-14 14:00 until 2026-03-15 13:00 (UTC).',
    ]);
    expect(against(refusal({ during }), { now: during.until - 1 })).toHaveLength(1);
    expect(against(refusal({ during }), { now: during.until })).toEqual([]);
    // More time for what is open already: judged by the whole of it.
    expect(against(refusal({ during }), { since: T0 - 2 * HOUR, forMs: 3 * HOUR })).toEqual([]);
    expect(against(refusal({ during }), { since: T0 - 2 * HOUR, forMs: 3 * HOUR + 1 })).toHaveLength(1);
  });

  it('that nobody can tell to apply refuses too', () => {
    const one = refusal({ machines: { ...ALL, os: 'windows' } });
    expect(judge([policy()], WISH, [one]).against).toMatchObject([
      {
        code: 'coverUnknown',
        kind: 'unjudged',
        say: 'Cannot tell whether policy frozen applies: the operating system of web-1 is not known.',
      },
    ]);
    expect(against({ ...one, who: ['group:security'] })).toEqual([]);
  });

  it('makes later and earlier policies useless where it covers them whole, and `jit check` says so', () => {
    const says = (one: Refusal) =>
      overlaps([policy()], { people: [ADA, SAM], table: new Map() }, [one]).map(({ say }) => say);
    expect(says(refusal())).toEqual(['`production` never applies: `frozen` covers it first']);
    expect(says(refusal({ during: { until: T0, zone: 'UTC' } }))).toEqual([]);
    expect(says(refusal({ ports: [SSH] }))).toEqual([]);
  });
});

describe('a policy that nobody can tell to apply', () => {
  const unsure = policy({ name: 'windows', machines: { ...ALL, os: 'windows' }, ports: [SSH] });

  it('lets nothing through, and no later one instead', () => {
    const { policies, against: said } = judge([unsure, policy()], WISH);
    expect(said.map(({ code }) => code)).toEqual(['coverUnknown']);
    expect(policies).toEqual([]);
  });

  it('matters for its ports alone, and not where an earlier one covers', () => {
    expect(judge([unsure, policy()], { ...WISH, ports: [RDP] }).against).toEqual([]);
    expect(judge([policy(), unsure], WISH).against).toEqual([]);
    expect(judge([unsure, policy()], { ...WISH, machine: { ...WEB, os: 'linux' } }).against).toEqual([]);
  });

  it('that is over, or has not begun, covers nothing', () => {
    const past = policy({ name: 'past', ports: [SSH], during: { until: T0, zone: 'UTC' } });
    const later = policy({ name: 'later', ports: [SSH], during: { from: T0 + 1, zone: 'UTC' } });
    expect(judge([past, later, policy()], WISH).policies.map(({ name }) => name)).toEqual(['production']);
  });
});

it('adding a refusal never lets more through, and asking for less is never refused where more passes', () => {
  const anyRefusal = fc.record(
    {
      name: fc.constant('no'),
      machines: fc.constantFrom(ALL, { ...ALL, tags: { env: 'prod' } }, { ...ALL, os: 'linux' as const }),
      ports: fc.constantFrom([SSH], [RDP], [SSH, RDP]),
      who: fc.constantFrom(['person:ada'] as const, ['group:security'] as const),
      during: fc.record({ from: fc.integer({ min: T0 - 9, max: T0 + 9 }), zone: fc.constant('UTC') }),
      reason: fc.constant('x'),
    },
    { requiredKeys: ['name', 'machines', 'reason'] },
  );
  const wishes = fc.record({
    n: fc.integer({ min: 1, max: 2 }),
    forMs: fc.integer({ min: 1, max: 20 }),
    less: fc.nat(19),
  });
  fc.assert(
    fc.property(fc.array(anyRefusal, { maxLength: 3 }), anyRefusal, wishes, (some, one, { n, forMs, less }) => {
      const more = { ...WISH, ports: [SSH, RDP].slice(0, n), forMs };
      const passes = (wish: Wish, list: readonly Refusal[]) => judge([policy()], wish, list).against.length === 0;
      if (passes(more, [...some, one])) {
        expect(passes(more, some)).toBe(true);
        expect(passes({ ...more, ports: [SSH], forMs: Math.max(1, forMs - less) }, [...some, one])).toBe(true);
      }
      expect(passes(more, some)).toBe(passes(more, some.toReversed()));
    }),
  );
});
