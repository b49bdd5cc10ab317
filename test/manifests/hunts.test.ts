import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { often } from '../setup/lane.ts';
import { DAY, HOUR, hunted, MINUTE, NOW } from './hunted.ts';
import type { KqlRow } from './kql.ts';

/*
 * What queries find in a generated time, beside what a few lines find that share nothing with them. It shows that the logic is right as
 * Microsoft's parser reads it and kql.ts runs it; that Kusto runs it so too, only a workspace can.
 */

/** One access: when it was asked, and how long after that each of the others came. */
interface Life {
  readonly asked: number;
  readonly isGlass: boolean;
  readonly approvedAfter: number;
  readonly byPolicy: boolean;
  readonly lasts: number;
  readonly revokedAfter: number | undefined;
  readonly closedAfter: number | undefined;
  readonly reviewedAfter: number | undefined;
  readonly isWrong: boolean;
  /** The end was noticed so much later. */
  readonly elapsedAfter: number;
  /** An approval that promised more was voided before. */
  readonly isVoided: boolean;
}

const perhaps = (most: number) => fc.option(fc.integer({ min: 0, max: most }), { nil: undefined });
const life: fc.Arbitrary<Life> = fc.record({
  asked: fc.integer({ min: NOW - 40 * DAY, max: NOW - HOUR }),
  isGlass: fc.boolean(),
  approvedAfter: fc.integer({ min: 0, max: 12_000 }),
  byPolicy: fc.boolean(),
  lasts: fc.integer({ min: 10 * MINUTE, max: 12 * DAY }),
  revokedAfter: perhaps(2 * DAY),
  closedAfter: perhaps(10 * MINUTE),
  reviewedAfter: perhaps(5 * DAY),
  isWrong: fc.boolean(),
  elapsedAfter: fc.constantFrom(0, 10 * MINUTE, 100 * DAY),
  isVoided: fc.boolean(),
});

const approvedAt = (one: Life) => one.asked + one.approvedAfter;
const until = (one: Life) => approvedAt(one) + one.lasts;
const due = (one: Life) =>
  one.revokedAfter === undefined ? until(one) : Math.min(until(one), approvedAt(one) + one.revokedAfter);
const closedAt = (one: Life) => (one.closedAfter === undefined ? undefined : due(one) + one.closedAfter);
const reviewedAt = (one: Life) => (one.reviewedAfter === undefined ? undefined : one.asked + one.reviewedAfter);

/** Its entries. */
function rowsOf(one: Life, n: number): readonly KqlRow[] {
  const facts = {
    Request: `r${n}`,
    Requester: 'ada',
    RequesterName: 'Ada',
    Machine: 'm',
    MachineName: 'web',
    By: 'drawbridge',
  };
  const end = one.revokedAfter !== undefined && due(one) < until(one) ? 'revoked' : 'elapsed';
  const all: readonly (readonly [at: number | undefined, row: KqlRow])[] = [
    [one.asked, { Event: one.isGlass ? 'broke glass' : 'asked', By: 'ada', Words: 'because' }],
    [
      one.isVoided && !one.isGlass ? one.asked : undefined,
      { Event: 'approved', By: 'configuration', Until: until(one) + 20 * DAY },
    ],
    [
      one.isGlass ? undefined : approvedAt(one),
      { Event: 'approved', By: one.byPolicy ? 'configuration' : 'grace', Until: until(one) },
    ],
    [approvedAt(one), { Event: 'opened', Until: until(one) }],
    [due(one) + (end === 'elapsed' ? one.elapsedAfter : 0), { Event: end }],
    [closedAt(one), { Event: 'closed' }],
    [one.isGlass ? reviewedAt(one) : undefined, { Event: one.isWrong ? 'was wrong' : 'was right', By: 'grace' }],
  ];
  return all.flatMap(([at, row], i) => (at === undefined ? [] : [{ ...facts, ...row, Version: i + 1, EventTime: at }]));
}

const QUERIES: Readonly<Record<string, (one: Life) => boolean>> = {
  'late-closings': (one) => {
    const closed = closedAt(one);
    if (closed === undefined || closed >= NOW) return NOW - due(one) > 2 * MINUTE;
    return closed > NOW - 7 * DAY && closed - due(one) > 2 * MINUTE;
  },
  'approved-in-seconds': (one) =>
    !one.isGlass && !one.byPolicy && one.asked > NOW - 7 * DAY && one.approvedAfter < 5_000,
  'break-glass-without-review': (one) => {
    const reviewed = reviewedAt(one);
    const isReviewed = reviewed !== undefined && reviewed < NOW;
    return one.isGlass && one.asked > NOW - 30 * DAY && (isReviewed ? one.isWrong : one.asked < NOW - 3 * DAY);
  },
};

describe.each(Object.entries(QUERIES))('%s', (name, isFound) => {
  it('finds what it says, and nothing else, over any month', () => {
    fc.assert(
      fc.property(fc.array(life, { maxLength: 8 }), (lives) => {
        const found = hunted(name, lives.flatMap(rowsOf));
        const want = lives.flatMap((one, n) => (isFound(one) ? [`r${n}`] : []));
        expect(found.map(({ Request }) => Request).toSorted()).toEqual(want.toSorted());
      }),
      { numRuns: often(100, 3_000) },
    );
  });
});

it('protect-and-unprotect: what ended in a month, and whether it was protected after that', () => {
  const act = fc.record({
    machine: fc.constantFrom('m1', 'm2'),
    event: fc.constantFrom('protect', 'unprotect', 'lock down', 'put back'),
    isDone: fc.boolean(),
    at: fc.integer({ min: NOW - 45 * DAY, max: NOW - MINUTE }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(act, { maxLength: 9, selector: ({ at }) => at }), (all) => {
      const rows = all.map(({ machine: Machine, event: Event, isDone, at: EventTime }) => ({
        ...{
          Machine,
          Event,
          Outcome: isDone ? 'done' : 'begun',
          EventTime,
          By: 'ada',
          ByName: 'Ada',
          CloudAccount: '1',
        },
      }));
      const want = ['m1', 'm2'].flatMap((machine) => {
        const own = all.filter((one) => one.machine === machine && one.isDone && one.at > NOW - 30 * DAY);
        const ended = own
          .filter(({ event }) => event === 'unprotect' || event === 'put back')
          .toSorted((a, b) => b.at - a.at)[0];
        const isAgain = own.some(
          ({ event, at }) => (event === 'protect' || event === 'lock down') && at > (ended?.at ?? 0),
        );
        return ended ? [[machine, ended.at, isAgain]] : [];
      });
      const found = hunted('protect-and-unprotect', rows).map((row) => [row.Machine, row.Ended, row.IsProtectedAgain]);
      for (const row of hunted('protect-and-unprotect', rows))
        expect([row.EndedBy, row.EndedByName]).toEqual([['ada'], ['Ada']]);
      expect(found.toSorted()).toEqual(want.toSorted());
    }),
    { numRuns: often(60, 2_000) },
  );
});
