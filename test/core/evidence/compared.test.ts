import { describe, expect, it } from 'vitest';
import { nameOf } from '../../../adapters/aws/ec2/ids.ts';
import { comparedText, coverageOf, unreadText, withoutLog } from '../../../src/core/evidence/compared.ts';
import type { ChainedEntry, LeaseStory } from '../../../src/core/evidence/population.ts';

const DAY = 86_400_000;
/** As the adapter calls it. */
const LOG = `AWS ${nameOf({ account: '123456789012', region: 'eu-west-1' })}`;
const day = (n: number) => Date.UTC(2026, 6, n);
const july = { from: day(1), to: day(32) };

function entries(...all: readonly (readonly [event: string, why: string])[]): readonly ChainedEntry[] {
  return all.map(([event, why], i) => ({ index: i + 1, at: day(40), row: { event, why } as never }));
}
const compared = (from: number, to: number, log = LOG) => ['log compared', comparedText(log, { from, to })] as const;
const unread = (since: number, why: string) => ['log unread', unreadText(LOG, since, why)] as const;

describe('when a log was compared', () => {
  it('is all of the period where the spans touch, whatever their order', () => {
    const [found] = coverageOf(entries(compared(day(10), day(40)), compared(day(-3), day(10))), july);
    expect(found).toEqual({ log: LOG, compared: [july], untold: [] });
  });

  it('is not where no record says so: a gap, a late beginning, an end that is not reached', () => {
    const spans = [compared(day(2), day(10)), compared(day(12), day(20))];
    const [found] = coverageOf(
      entries(...spans, unread(day(10) + 5, 'AWS refuses (AccessDenied): it was taken away')),
      july,
    );
    expect(found?.untold).toEqual([
      { from: day(1), to: day(2), why: 'no record says that it was compared' },
      { from: day(10), to: day(12), why: 'AWS refuses (AccessDenied): it was taken away' },
      { from: day(20), to: day(32), why: 'no record says that it was compared' },
    ]);
  });

  it('is nothing where a log was named only in another period', () => {
    const [found] = coverageOf(entries(compared(day(-10), day(-1))), july);
    expect(found).toMatchObject({ compared: [], untold: [july] });
    expect(coverageOf(entries(['closed', comparedText(LOG, july)]), july)).toEqual([]);
  });

  it.each([
    '',
    `${LOG}: compared with the audit from yesterday to now`,
    `${LOG}: compared with the audit from 2026-07-01`,
  ])('is nothing in a record that says %o', (why) => {
    const found = coverageOf(entries(['log compared', why]), july);
    expect(found.flatMap((one) => one.compared)).toEqual([]);
  });

  it('names accounts with access of which no log was compared, and regions of AWS', () => {
    const lease = (machine: string, account: string, openedAt?: number) =>
      ({ machine, account, ...(openedAt === undefined ? {} : { openedAt }) }) as LeaseStory;
    const aws = (account: string, region: string, openedAt?: number) =>
      lease(`aws:${account}:${region}:i-1`, `aws ${account}`, openedAt);
    const sub = '5E5E0000-0000-0000-0000-000000000001';
    const all = [
      ...[aws('123456789012', 'eu-west-1', DAY), aws('123456789012', 'us-east-1', DAY)],
      ...[aws('999999999999', 'eu-west-1', DAY), aws('888888888888', 'eu-west-1')],
      lease(`azure:/subscriptions/${sub}/resourcegroups/rg/vm`, `azure ${sub.toLowerCase()}`, DAY),
      lease('gcp:project-1/europe-west1-b/1', 'gcp project-1', DAY),
      lease('', 'aws 777777777777', DAY),
    ];
    const coverage = coverageOf(entries(compared(day(1), day(2)), compared(day(1), day(2), `Azure ${sub}`)), july);
    expect(withoutLog(all, coverage)).toEqual([
      ...['aws 123456789012, us-east-1', 'aws 999999999999, eu-west-1', 'gcp project-1', 'aws 777777777777'],
    ]);
  });
});
