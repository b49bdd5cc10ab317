import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hoursOf } from '../../src/config/hours.ts';
import { oneStage } from '../../src/config/stage.ts';
import { hoursText, isWithinHours } from '../../src/core/policy/hours.ts';
import { judge } from '../../src/core/policy/judge.ts';
import { lackOfReason } from '../../src/core/policy/needs.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { Wish } from '../../src/core/policy/wish.ts';
import { often } from '../setup/lane.ts';
import { ADA, policy, RDP, SSH, T0, WEB } from './samples.ts';

const HOUR = 3_600_000;
const WISH: Wish = {
  person: ADA,
  machine: WEB,
  ports: [SSH],
  source: '10.8.0.7/32',
  forMs: HOUR,
  isBastion: false,
  cutsSessions: false,
  now: T0,
};
const SECURITY = oneStage(['group:security'], 1);
const NIGHT = oneStage(['person:sam'], 1);
/** T0 is a Saturday, 13:00 UTC, 14:00 in Berlin. */
const hours = (patch: Partial<Parameters<typeof hoursOf>[0]> = {}) =>
  hoursOf({ days: 'mon-sat', from: 8 * 60, to: 16 * 60, zone: 'Europe/Berlin', ...patch });
const stages = (one: Policy, patch: Partial<Wish> = {}) => judge([one], { ...WISH, ...patch }).chains[0]?.stages;
const codes = (one: Policy, patch: Partial<Wish> = {}) =>
  judge([one], { ...WISH, ...patch }).against.map(({ code }) => code);

describe('hours', () => {
  it('are those of one day, in their zone', () => {
    const within = (fromHour: number, length: number, day = 0) =>
      isWithinHours(hours(), T0 + day * 24 * HOUR + fromHour * HOUR, T0 + day * 24 * HOUR + (fromHour + length) * HOUR);
    expect(within(0, 2)).toBe(true);
    expect(within(-6, 8)).toBe(true);
    expect(within(0, 2 + 1 / HOUR)).toBe(false);
    expect(within(-6 - 1 / HOUR, 1)).toBe(false);
    expect(within(0, 24)).toBe(false);
    expect(within(0, 2, 1)).toBe(false);
    // A day later in summer: 14:00 UTC is 16:00 there.
    expect(isWithinHours(hours(), Date.UTC(2026, 5, 15, 6), Date.UTC(2026, 5, 15, 14))).toBe(true);
    expect(isWithinHours(hours(), Date.UTC(2026, 5, 15, 13), Date.UTC(2026, 5, 15, 15))).toBe(false);
  });

  it('are of days in a row, over the end of a week too, or of a list', () => {
    expect(hours({ days: 'mon-fri' }).days).toEqual([1, 2, 3, 4, 5]);
    expect(hours({ days: 'fri-mon' }).days).toEqual([5, 6, 0, 1]);
    expect(hours({ days: 'wed-wed' }).days).toEqual([3]);
    expect(hours({ days: ['sun', 'mon'] }).days).toEqual([0, 1]);
    expect(hoursText(hours({ days: 'sat-sun' }))).toBe('Sat, Sun 08:00 to 16:00 (Europe/Berlin)');
  });

  it('outside them others decide, or it is refused', () => {
    const open = policy({ stages: [SECURITY], hours: { ...hours(), outside: [NIGHT] } });
    expect(stages(open)).toEqual([SECURITY]);
    expect(stages(open, { from: T0 + 2 * HOUR, forMs: 3 * HOUR })).toEqual([NIGHT]);
    expect(codes(open, { forMs: 3 * HOUR })).toEqual([]);
    const closed = policy({ hours: hours() });
    expect(codes(closed)).toEqual([]);
    expect(judge([closed], { ...WISH, forMs: 3 * HOUR }).against[0]).toMatchObject({
      code: 'policyHours',
      say: 'Policy production allows access within its hours only: Mon, Tue, Wed, Thu, Fri, Sat 08:00 to 16:00 (Europe/Berlin).',
    });
    // What began within them is judged by all of its time.
    expect(codes(closed, { from: T0 - HOUR, forMs: 3 * HOUR })).toEqual([]);
    expect(codes(closed, { since: T0 - HOUR, forMs: 3 * HOUR })).toEqual([]);
    expect(codes(closed, { since: T0 - 7 * HOUR, forMs: HOUR })).toEqual(['policyHours']);
  });
});

describe('what is partly within the hours', () => {
  const both = [SECURITY, NIGHT];
  const open = policy({ stages: [SECURITY], hours: { ...hours(), outside: [NIGHT] } });

  // Hours are 08:00 to 16:00 in Berlin, and it is 14:00 there, on a Saturday.
  it.each<[string, number, number, readonly unknown[]]>([
    ['ends with them', 0, 2, [SECURITY]],
    ['ends a moment after them', 0, 2 + 1 / HOUR, both],
    ['begins a moment before them', -6 - 1 / HOUR, 1, both],
    ['ends as they begin', -8, 2, [NIGHT]],
    ['ends a moment after they begin', -8, 2 + 1 / HOUR, both],
    ['begins as they end', 2, 1, [NIGHT]],
    ['is around them', -7, 10, both],
    ['is the night before a day without them', 2, 24, [NIGHT]],
    ['reaches from that day into the next that has them', 34, 9, both],
    ['is on that day', 16, 24, [NIGHT]],
  ])('what %s is decided by those of each', (_, begin, length, who) => {
    expect(stages(open, { from: T0 + begin * HOUR, forMs: length * HOUR })).toEqual(who);
  });

  it('asks nobody twice for the same', () => {
    const same = policy({ stages: [SECURITY], hours: { ...hours(), outside: [SECURITY, NIGHT] } });
    expect(stages(same, { forMs: 3 * HOUR })).toEqual(both);
    const two = policy({ stages: [SECURITY, NIGHT], hours: { ...hours(), outside: [SECURITY, SECURITY] } });
    expect(stages(two, { forMs: 3 * HOUR })).toEqual([SECURITY, NIGHT, SECURITY]);
  });

  it('takes the decision of those outside, where within them it would take none', () => {
    const auto = policy({ ...open, auto: { upToMs: 3 * HOUR } });
    expect(stages(auto)).toEqual([]);
    expect(stages(auto, { forMs: 3 * HOUR })).toEqual([NIGHT]);
    expect(stages(auto, { forMs: 3 * HOUR + 1 })).toEqual(both);
  });

  it('never needs less for more time, whenever it begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -72, max: 72 }),
        fc.integer({ min: 1, max: 24 * 60 }),
        fc.integer({ min: 0, max: 24 * 60 }),
        fc.constantFrom('mon-fri', 'sat-sun', 'fri-mon'),
        (begin, length, more, days) => {
          const one = policy({ ...open, hours: { ...hours({ days }), outside: [NIGHT] } });
          const at = { from: T0 + begin * HOUR };
          const less = stages(one, { ...at, forMs: length * 60_000 });
          expect(stages(one, { ...at, forMs: (length + more) * 60_000 })).toEqual(
            expect.arrayContaining([...(less ?? [])]),
          );
        },
      ),
      { numRuns: often(1_000, 20_000) },
    );
  });
});

describe('without a decision', () => {
  const auto = policy({ stages: [SECURITY], auto: { from: [{ source: '10.8.0.0/16' }], upToMs: HOUR } });

  it('a request is let in within the bounds that are written, and beyond them the stages decide', () => {
    expect(stages(auto)).toEqual([]);
    expect(stages(auto, { forMs: HOUR + 1 })).toEqual([SECURITY]);
    expect(stages(auto, { source: '203.0.113.7/32' })).toEqual([SECURITY]);
    expect(stages(auto, { isBastion: true })).toEqual([SECURITY]);
    expect(stages(policy({ stages: [SECURITY], auto: { upToMs: HOUR } }), { source: '203.0.113.7/32' })).toEqual([]);
    expect(stages(policy({ stages: [SECURITY] }))).toEqual([SECURITY]);
    const night = policy({ ...auto, hours: { ...hours({ days: 'mon-fri' }), outside: [NIGHT] } });
    expect(stages(night)).toEqual([NIGHT]);
  });

  it('it is let in only where each policy of its ports says so', () => {
    const rdp = policy({ name: 'rdp', ports: [RDP], stages: [NIGHT] });
    const { chains } = judge([policy({ ...auto, ports: [SSH] }), rdp], { ...WISH, ports: [SSH, RDP] });
    expect(chains).toEqual([
      { policy: 'production', stages: [] },
      { policy: 'rdp', stages: [NIGHT] },
    ]);
  });
});

describe('a reason', () => {
  const ticket = { text: '^INC-\\d+$', isIn: (word: string) => /^INC-\d+$/.test(word) };

  it.each([
    ['INC-12', undefined],
    ['because of INC-12.', undefined],
    ['(INC-12): disk', undefined],
    ['XINC-12', 'a ticket that fits the pattern `^INC-\\d+$`'],
    ['INC- 12', 'a ticket that fits the pattern `^INC-\\d+$`'],
    ['', 'a ticket that fits the pattern `^INC-\\d+$`'],
  ])('“%s” lacks %s', (reason, lack) => {
    expect(lackOfReason({ ticket }, reason)).toBe(lack);
  });

  it('has so many letters, and is judged where it is known', () => {
    expect(lackOfReason({ leastLetters: 3 }, ' ab ')).toBe('at least 3 letters');
    expect(lackOfReason({ leastLetters: 3 }, 'ab👩‍🚒')).toBeUndefined();
    const strict = policy({ because: { ticket } });
    expect(codes(strict)).toEqual([]);
    expect(codes(strict, { because: 'INC-1' })).toEqual([]);
    expect(judge([strict], { ...WISH, because: 'deploy' }).against[0]).toMatchObject({
      code: 'policyReason',
      say: 'The reason lacks what policy production demands: a ticket that fits the pattern `^INC-\\d+$`.',
    });
  });
});

it('for any bounds, more that is asked for never needs less, and less is never refused where more passes', () => {
  const anyHours = fc.record({
    days: fc.subarray([0, 6]),
    fromMinute: fc.constantFrom(0, 13 * 60),
    toMinute: fc.constantFrom(15 * 60, 23 * 60),
    zone: fc.constantFrom('UTC', 'Europe/Berlin'),
  });
  const bounded = fc
    .record({
      hours: fc.option(anyHours),
      auto: fc.option(
        fc.record({
          from: fc.constantFrom([{ source: '10.8.0.0/16' }], [{ source: '10.0.0.0/8' }]),
          upToMs: fc.integer({ min: 1, max: 9 }),
        }),
      ),
      ports: fc.constantFrom([SSH], [RDP], [SSH, RDP]),
    })
    .map(({ hours: own, auto, ports }) => ({ ports, ...(own ? { hours: own } : {}), ...(auto ? { auto } : {}) }));
  const wide = ['10.0.0.0/8', '10.8.0.0/16', '10.8.0.7/32'];
  const ask = fc.record({
    n: fc.integer({ min: 1, max: 2 }),
    forMs: fc.integer({ min: 1, max: 9 }),
    at: fc.nat(2),
    fewer: fc.nat(1),
    less: fc.nat(8),
    narrower: fc.nat(2),
  });
  fc.assert(
    fc.property(
      fc.array(bounded, { minLength: 1, maxLength: 3 }),
      ask,
      (list, { n, forMs, at, fewer, less, narrower }) => {
        const all = list.map((one, i) =>
          policy({ name: `p${i}`, widest: { ipv4: 8, ipv6: 64 }, longestMs: 7, ...one }),
        );
        const unit = HOUR;
        const timed = all.map((one) => ({
          ...one,
          longestMs: one.longestMs * unit,
          ...(one.auto ? { auto: { ...one.auto, upToMs: one.auto.upToMs * unit } } : {}),
        }));
        const more = judge(timed, {
          ...WISH,
          ports: [SSH, RDP].slice(0, n),
          forMs: forMs * unit,
          source: wide[at] ?? '',
        });
        const smaller = judge(timed, {
          ...WISH,
          ports: [SSH, RDP].slice(0, Math.max(1, n - fewer)),
          forMs: Math.max(1, forMs - less) * unit,
          source: wide[Math.min(2, at + narrower)] ?? '',
        });
        if (more.against.length === 0) {
          expect(smaller.against).toEqual([]);
          const needs = (ruling: typeof more) => ruling.chains.flatMap((one) => one.stages.map(() => one.policy));
          expect(needs(more)).toEqual(expect.arrayContaining(needs(smaller)));
        }
      },
    ),
    { numRuns: often(1_000, 30_000) },
  );
});
