import fc from 'fast-check';
import { expect } from 'vitest';
import { often } from '../setup/lane.ts';
import { DAY, HOUR, MINUTE, NOW } from './hunted.ts';
import type { KqlRow } from './kql.ts';

/*
 * The other seven queries, over histories of few people on few machines, so that all of them meet: drills, breaks over a week, people with a
 * name in each chat, delegates, extensions, approvals that were voided. What each finds stands beside lines that share nothing with it.
 */

interface Access {
  readonly id: string;
  readonly who: string;
  /** Of the chat that was asked in: people have a name in each. */
  readonly name: string;
  readonly machine: string;
  readonly source: string;
  readonly kind: 'asked' | 'broke glass' | 'drill' | 'unasked';
  readonly asked: number;
  /** What was asked changed after the approval, which was voided; it is asked again so long after. */
  readonly againAfter: number | undefined;
  readonly verdict: 'approved' | 'denied' | 'none';
  readonly by: string;
  readonly decidedAfter: number;
  readonly lasts: number;
  readonly extendedBy: number | undefined;
  readonly isClosed: boolean;
}

export const PEOPLE = ['ada', 'bob', 'cyd', 'dee'];
const among = <T>(...all: readonly T[]) => fc.constantFrom(...all);
const longAgo = (days: number) => fc.integer({ min: NOW - days * DAY, max: NOW - MINUTE });
const access: fc.Arbitrary<Omit<Access, 'id'>> = fc.record({
  who: among(...PEOPLE),
  name: among('in Slack', 'in Teams'),
  machine: among('m1', 'm2'),
  source: among('203.0.113.7/32', '198.51.100.9/32', ''),
  kind: among<Access['kind']>('asked', 'asked', 'asked', 'broke glass', 'drill', 'unasked'),
  asked: fc.oneof(longAgo(1), longAgo(8), longAgo(35), longAgo(120)),
  againAfter: fc.option(fc.integer({ min: 1_000, max: 2 * HOUR }), { nil: undefined }),
  verdict: among<Access['verdict']>('approved', 'approved', 'denied', 'none'),
  by: among('grace', 'heidi', 'configuration'),
  decidedAfter: fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 2 * DAY })),
  lasts: fc.integer({ min: 10 * MINUTE, max: 9 * DAY }),
  extendedBy: fc.option(fc.integer({ min: 1, max: DAY }), { nil: undefined }),
  isClosed: fc.boolean(),
});
export const history = fc
  .array(access, { maxLength: 9 })
  .map((all) => all.map((one, n): Access => ({ ...one, id: `r${n}` })));

/** Two people within two days, and somebody decided all of it. */
export const dense = history.map((all) =>
  all.map((one): Access => {
    const verdict = one.verdict === 'none' ? 'denied' : one.verdict;
    const asked = NOW - ((NOW - one.asked) % (2 * DAY));
    return { ...one, kind: 'asked', verdict, who: one.who < 'c' ? 'ada' : 'bob', asked };
  }),
);

export const isOpened = (one: Access) => one.kind !== 'asked' || one.verdict === 'approved';
export const lastAsk = (one: Access) => one.asked + (one.kind === 'asked' ? (one.againAfter ?? 0) : 0);
export const opened = (one: Access) => lastAsk(one) + (one.kind === 'asked' ? one.decidedAfter : 0);
export const granted = (one: Access) => opened(one) + one.lasts;
export const end = (one: Access) => granted(one) + (one.extendedBy ?? 0);
export const isBy = (at: number) => at < NOW;

export function rowsOf(one: Access): readonly KqlRow[] {
  const { id: Request, who: Requester, machine: Machine, source: Source, kind } = one;
  const facts = {
    Request,
    Requester,
    RequesterName: `${Requester} ${one.name}`,
    Machine,
    MachineName: `the ${Machine}`,
  };
  const all: KqlRow[] = [];
  const add = (EventTime: number, Event: string, By: string, more: KqlRow = {}) => {
    const ByName = By === 'drawbridge' || By === 'configuration' ? '' : `${By} ${one.name}`;
    all.push({ ...facts, Source, Event, By, ByName, EventTime, Version: all.length + 1, ...more });
  };
  if (kind !== 'unasked') add(one.asked, kind, Requester, { Words: 'because' });
  if (kind === 'asked' && one.againAfter !== undefined) {
    // The approval that is voided promised more.
    add(one.asked, 'approved', 'ivan', { Until: end(one) + 9 * DAY });
    add(lastAsk(one), 'asked again', Requester);
  }
  if (kind === 'asked' && one.verdict !== 'none')
    add(opened(one), one.verdict, one.by, one.verdict === 'approved' ? { Until: granted(one) } : { Words: 'no' });
  if (!isOpened(one)) return all;
  add(opened(one), 'opened', 'drawbridge', { Until: granted(one) });
  if (one.extendedBy !== undefined) add(granted(one) - MINUTE, 'extended', one.by, { Until: end(one) });
  if (one.isClosed) add(end(one), 'closed', 'drawbridge', { Until: end(one) });
  return all;
}

/** Both as text, in any order. */
export function same(found: readonly unknown[], want: readonly unknown[]): void {
  const texts = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).toSorted();
  expect(texts(found)).toEqual(texts(want));
}

export function overHistories(
  check: (all: readonly Access[], rows: readonly KqlRow[]) => void,
  histories = history,
): void {
  fc.assert(
    fc.property(histories, (all) => check(all, all.flatMap(rowsOf))),
    { numRuns: often(60, 2_000) },
  );
}

export const isAsk = ({ kind }: Access) => kind === 'asked' || kind === 'broke glass';
