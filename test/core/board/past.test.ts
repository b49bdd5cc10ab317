import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BoardFilter, isMeantBy } from '../../../src/core/board/filter.ts';
import { PastRows } from '../../../src/core/board/past.ts';
import { type BoardRow, mayReadRow, openSpan } from '../../../src/core/board/row.ts';
import { RowTable, type Slot } from '../../../src/core/board/table.ts';
import { timelineOf } from '../../../src/core/board/timeline.ts';
import { often } from '../../setup/lane.ts';

const PEOPLE = ['ada', 'grace', 'lin'];
const MACHINES = ['aws:1:eu-west-1:i-1', 'aws:1:eu-west-1:i-2', 'azure:/subscriptions/s/m-3'] as const;

const row = fc
  .record({
    id: fc.integer({ min: 0, max: 20 }),
    version: fc.integer({ min: 1, max: 3 }),
    machine: fc.constantFrom(...MACHINES),
    requester: fc.constantFrom(...PEOPLE),
    other: fc.constantFrom(...PEOPLE),
    policies: fc.subarray(['p1', 'p2']),
    source: fc.constantFrom('203.0.113.7/32', '198.51.100.0/28'),
    sourceName: fc.option(fc.constantFrom('home', 'office'), { nil: undefined }),
    asked: fc.integer({ min: 0, max: 100 }),
    took: fc.integer({ min: 0, max: 40 }),
    isOpened: fc.boolean(),
  })
  .map(
    ({ id, version, machine, requester, other, policies, source, sourceName, asked, took, isOpened }): BoardRow => ({
      ...{
        id: `r${id}`,
        version,
        status: isOpened ? 'ended' : 'denied',
        machine,
        machineName: machine.slice(-3),
        policies,
        source,
      },
      ...{
        requester: { id: requester, name: requester.toUpperCase() },
        people: [...new Set([requester, other])],
        ports: ['22'],
      },
      ...(sourceName === undefined ? {} : { sourceName }),
      ...{ askedAt: asked, decidedAt: asked + 1 },
      ...(isOpened ? { openedAt: asked + 2, until: asked + 2 + took, closedAt: asked + 2 + took } : {}),
    }),
  );

const filter: fc.Arbitrary<BoardFilter> = fc
  .record(
    {
      text: fc.constantFrom('i-', 'ada', 'OFF'.toLowerCase(), '203', 'r7', 'nothing'),
      machine: fc.constantFrom(...MACHINES, 'aws:none'),
      person: fc.constantFrom(...PEOPLE, 'nobody'),
      policy: fc.constantFrom('p1', 'p2', 'p3'),
      cloud: fc.constantFrom('aws' as const, 'azure' as const),
      span: fc.tuple(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 150 })),
    },
    { requiredKeys: ['span'] },
  )
  .map(({ span: [a, b], ...rest }) => ({ ...rest, from: Math.min(a, b), to: Math.max(a, b) }));

const right = fc.record({
  person: fc.constantFrom(...PEOPLE, 'eve'),
  isAll: fc.boolean(),
  policies: fc.subarray(['p1', 'p2']).map((all) => new Set(all)),
});

const overAt = (one: BoardRow) => one.closedAt ?? one.decidedAt ?? one.askedAt;

/** The newest version of each, as a board that looks at every row would have it. */
function plainly(rows: readonly BoardRow[], gone: readonly number[]) {
  const kept = new Map<string, BoardRow>();
  for (const one of rows) kept.set(one.id, one);
  for (const id of gone) kept.delete(`r${id}`);
  return [...kept.values()];
}

/** The table has rows of what is not over, too, one of them in the slot of one that was. */
function filled(rows: readonly BoardRow[], gone: readonly number[]): PastRows {
  const past = new PastRows(new RowTable());
  for (const one of rows.slice(0, 3)) past.table.put({ ...one, id: `${one.id}-current` });
  for (const one of rows) past.put(one);
  for (const id of gone) past.delete(`r${id}`);
  return past;
}

/** What a look at these slots sees. */
function seenAt(past: PastRows, filter: BoardFilter, may: Parameters<PastRows['since']>[1]): readonly BoardRow[] {
  const slots: Slot[] = [];
  past.since(filter, may)((slot) => slots.push(slot));
  return past.table.at(slots);
}

const ids = (rows: Iterable<BoardRow>) => [...rows].map(({ id }) => id).toSorted();
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };
const EVERYBODY = { person: 'eve', isAll: true, policies: new Set<string>() };
const runs = { numRuns: often(400, 10_000) };
const some = fc.array(row, { maxLength: 40 });
const gone = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 6 });

describe('rows of what is over', () => {
  it('are found by their indexes as they would be by looking at each', () => {
    fc.assert(
      fc.property(some, gone, filter, right, (rows, deleted, asked, may) => {
        const past = filled(rows, deleted);
        const since = plainly(rows, deleted).filter(
          (one) => mayReadRow(one, may) && isMeantBy(asked, one) && overAt(one) >= asked.from,
        );
        const meant = since.filter((one) => (one.openedAt ?? one.askedAt) <= asked.to);
        const selected = past.select(asked, may);
        expect(selected.count).toBe(meant.length);
        expect(ids(selected.page(0, 100))).toEqual(ids(meant));
        const seen = seenAt(past, asked, may);
        expect(ids(seen)).toEqual(ids(since));
        expect(seen.map(overAt)).toEqual(seen.map(overAt).toSorted((a, b) => b - a));
        const machines = plainly(rows, deleted).filter((one) => mayReadRow(one, may));
        expect([...past.machinesFor(may)].toSorted()).toEqual(
          [...new Set(machines.map(({ machine }) => machine))].toSorted(),
        );
      }),
      runs,
    );
  });

  it('come in pages, the newest first, each once', () => {
    fc.assert(
      fc.property(some, filter, right, fc.integer({ min: 1, max: 7 }), (rows, asked, may, most) => {
        const selected = filled(rows, []).select(asked, may);
        const pages: BoardRow[] = [];
        for (let skip = 0; skip < selected.count + most; skip += most) pages.push(...selected.page(skip, most));
        expect(pages).toEqual(selected.page(0, 1_000));
        expect(pages.map(overAt)).toEqual(pages.map(overAt).toSorted((a, b) => b - a));
      }),
      runs,
    );
  });

  it('are none that was deleted, whatever it was found by', () => {
    fc.assert(
      fc.property(some, (rows) => {
        const past = filled(
          rows,
          Array.from({ length: 21 }, (_, i) => i),
        );
        expect([past.size, past.oldest, past.select(ALL, EVERYBODY).count]).toEqual([0, undefined, 0]);
      }),
    );
  });
});

describe('a timeline', () => {
  it('has the machines with a lease in its time, those that were open last first, each lease in one bar', () => {
    fc.assert(
      fc.property(some, filter, (rows, { from, to }) => {
        const past = filled(rows, []);
        const all = plainly(rows, []).toSorted((a, b) => overAt(a) - overAt(b));
        const slots = past.since(ALL, EVERYBODY);
        const window = { from, to, now: 150, skip: 0, most: 10 };
        const seen = timelineOf(past.table, slots, window);
        const inside = all.flatMap((one) => {
          const span = openSpan(one, 150);
          return span && span.to >= from && span.from <= to ? [{ one, to: span.to }] : [];
        });
        const last = new Map<string, number>();
        for (const { one, to: end } of inside) last.set(one.machine, Math.max(last.get(one.machine) ?? 0, end));
        const order = [...last].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([machine]) => machine);
        expect(seen.lines.map(({ machine }) => machine)).toEqual(order);
        expect(seen.machines).toBe(order.length);
        for (const { machine, leases, bars } of seen.lines) {
          expect(leases).toBe(inside.filter(({ one }) => one.machine === machine).length);
          expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(leases);
        }
        const second = timelineOf(past.table, slots, { ...window, skip: 1, most: 1 });
        expect(second.lines).toEqual(seen.lines.slice(1, 2));
      }),
      runs,
    );
  });
});
