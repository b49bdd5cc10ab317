import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { often } from '../setup/lane.ts';
import { type KqlRow, run } from './kql.ts';
import { type KqlColumn, Workspace } from './kusto.ts';

/*
 * What queries find in a generated time, beside what a few lines find that share nothing with them. It shows that the logic is right as
 * Microsoft's parser reads it and kql.ts runs it; that Kusto runs it so too, only a workspace can.
 */

const text = (name: string) => readFileSync(new URL(`../../manifests/sentinel/${name}`, import.meta.url), 'utf8');
const body = text('drawbridge-audit.kql');
const columns = JSON.parse(text('columns.json')) as readonly KqlColumn[];
const workspace = new Workspace({ Drawbridge_CL: columns }, [{ name: 'DrawbridgeAudit', body }]);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const NOW = Date.UTC(2026, 10, 1);

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
});

const approvedAt = (one: Life) => one.asked + one.approvedAfter;
const until = (one: Life) => approvedAt(one) + one.lasts;
const due = (one: Life) =>
  one.revokedAfter === undefined ? until(one) : Math.min(until(one), approvedAt(one) + one.revokedAfter);
const closedAt = (one: Life) => (one.closedAfter === undefined ? undefined : due(one) + one.closedAfter);
const reviewedAt = (one: Life) => (one.reviewedAfter === undefined ? undefined : one.asked + one.reviewedAfter);

/** The entries of it that were written by now. */
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
      one.isGlass ? undefined : approvedAt(one),
      { Event: 'approved', By: one.byPolicy ? 'configuration' : 'grace', Until: until(one) },
    ],
    [approvedAt(one), { Event: 'opened', Until: until(one) }],
    [due(one), { Event: end }],
    [closedAt(one), { Event: 'closed' }],
    [one.isGlass ? reviewedAt(one) : undefined, { Event: one.isWrong ? 'was wrong' : 'was right', By: 'grace' }],
  ];
  return all.flatMap(([at, row], i) =>
    at === undefined || at >= NOW
      ? []
      : [
          {
            ...Object.fromEntries(columns.map(({ name, type }) => [name, type === 'string' ? '' : undefined])),
            ...facts,
            ...row,
            EventUid: `${n}-${i}`,
            EventTime: at,
            TimeGenerated: at,
          },
        ],
  );
}

const QUERIES: Readonly<Record<string, (one: Life) => boolean>> = {
  'late-closings.kql': (one) => {
    const closed = closedAt(one);
    if (closed === undefined || closed >= NOW) return NOW - due(one) > 2 * MINUTE;
    return closed > NOW - 7 * DAY && closed - due(one) > 2 * MINUTE;
  },
  'approved-in-seconds.kql': (one) =>
    !one.isGlass && !one.byPolicy && one.asked > NOW - 7 * DAY && one.approvedAfter < 5_000,
  'break-glass-without-review.kql': (one) => {
    const reviewed = reviewedAt(one);
    const isReviewed = reviewed !== undefined && reviewed < NOW;
    return one.isGlass && one.asked > NOW - 30 * DAY && (isReviewed ? one.isWrong : one.asked < NOW - 3 * DAY);
  },
};

describe.each(Object.entries(QUERIES))('%s', (name, isFound) => {
  it('finds what it says, and nothing else, over any month', () => {
    fc.assert(
      fc.property(fc.array(life, { maxLength: 8 }), (lives) => {
        const tables = { Drawbridge_CL: lives.flatMap(rowsOf) };
        const found = run(text(`queries/${name}`), {
          workspace,
          tables,
          functions: { DrawbridgeAudit: body },
          now: NOW,
        });
        const want = lives.flatMap((one, n) => (isFound(one) ? [`r${n}`] : []));
        expect(found.map(({ Request }) => Request).toSorted()).toEqual(want.toSorted());
      }),
      { numRuns: often(100, 3_000) },
    );
  });
});
