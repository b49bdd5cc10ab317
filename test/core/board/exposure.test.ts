import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposureOf } from '../../../src/core/board/exposure.ts';
import type { BoardRow } from '../../../src/core/board/row.ts';
import { RowTable } from '../../../src/core/board/table.ts';
import { often } from '../../setup/lane.ts';
import { anyRow } from './rows.ts';

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
const WIDTHS: Readonly<Record<string, number>> = {
  ...{ '203.0.113.7/32': 1, '198.51.100.0/28': 5, '2001:db8::/64': 1, 'sg-0123456789abcdef0': 9, '0.0.0.0/0': 33 },
};

/** Minutes of a row within a time. */
function minutesIn({ openedAt, closedAt }: BoardRow, from: number, to: number, now: number): number {
  if (openedAt === undefined) return 0;
  const end = closedAt ?? Math.max(now, openedAt);
  return Math.max(0, Math.min(end, to) - Math.max(openedAt, from)) / MINUTE_MS;
}

/** The same by what docs/board.md says, a row at a time. */
function plainly(rows: readonly BoardRow[], { from, to, now }: { from: number; to: number; now: number }) {
  const weight = ({ source, ports }: BoardRow) => (WIDTHS[source] ?? 0) * ports.length;
  const stepMs = to - from <= 4 * DAY_MS ? HOUR_MS : DAY_MS;
  const begins: number[] = [];
  for (let at = Math.floor(from / stepMs) * stepMs; at < to; at += stepMs) begins.push(at);
  const isIn = (at: number | undefined) => at !== undefined && at >= from && at <= to;
  const sum = (of: (row: BoardRow) => number, some = rows) => some.reduce((all, row) => all + of(row), 0);
  const within = rows.filter((row) => minutesIn(row, from, to, now) > 0);
  const by = (key: (row: BoardRow) => string) => {
    const keys = [...new Set(within.map(key))];
    return keys.map((one) => {
      const own = within.filter((row) => key(row) === one);
      return { key: one, weighed: sum((row) => minutesIn(row, from, to, now) * weight(row), own), leases: own.length };
    });
  };
  const step = (at: number) => {
    const [begin, end] = [Math.max(at, from), Math.min(at + stepMs, to)];
    return {
      at,
      weighed: sum((row) => minutesIn(row, begin, end, now) * weight(row)),
      opened: rows.filter(({ openedAt = -1 }) => isIn(openedAt) && openedAt >= at && openedAt < at + stepMs).length,
    };
  };
  return {
    ...{ stepMs, leases: within.length, steps: begins.map(step), machines: by(({ machine }) => machine) },
    people: by(({ requester }) => requester.id),
    weighed: sum((row) => minutesIn(row, from, to, now) * weight(row)),
    minutes: sum((row) => minutesIn(row, from, to, now) * row.ports.length),
    late: rows.flatMap(({ lateMs, closedAt }) => (lateMs !== undefined && isIn(closedAt) ? [lateMs] : [])),
    decision: rows.flatMap((row) => (!row.isGlass && isIn(row.decidedAt) ? [(row.decidedAt ?? 0) - row.askedAt] : [])),
  };
}

const most = (values: readonly number[]) => (values.length === 0 ? undefined : Math.max(...values));
const times = fc.tuple(
  fc.integer({ min: 0, max: 290 }),
  fc.integer({ min: 1, max: 290 }),
  fc.integer({ min: 0, max: 290 }),
);

describe('exposure', () => {
  it('is what one gets by going through the rows, in any order, whatever was in the table before', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 30 }),
        fc.array(anyRow, { maxLength: 10 }),
        times,
        (rows, gone, [a, span, n]) => {
          const table = new RowTable();
          for (const row of gone) table.put({ ...row, id: `gone-${row.id}` });
          for (const row of gone) table.delete(`gone-${row.id}`);
          for (const row of rows) table.put(row);
          const kept = [...new Map(rows.map((row) => [row.id, row])).values()];
          const window = { from: a * HOUR_MS + 1, to: (a + span) * HOUR_MS, now: n * HOUR_MS };
          const slots = kept.map(({ id }) => table.slotOf(id) ?? -1);
          const seen = exposureOf(table, (look) => slots.some(look), window);
          const want = plainly(kept, window);
          expect(seen).toMatchObject({ stepMs: want.stepMs, leases: want.leases });
          expect([seen.weighed, seen.minutes]).toEqual([want.weighed, want.minutes].map(near));
          expect(seen.steps.map(({ at, weighed, opened }) => ({ at, weighed, opened }))).toEqual(
            want.steps.map((step) => ({ ...step, weighed: near(step.weighed) })),
          );
          expect([seen.late?.most, seen.decision?.most]).toEqual([most(want.late), most(want.decision)]);
          expect([seen.late?.of ?? 0, seen.decision?.of ?? 0]).toEqual([want.late.length, want.decision.length]);
          for (const name of ['machines', 'people'] as const) {
            const named = seen[name].map(({ key, weighed, leases }) => ({ key, weighed, leases }));
            const all = want[name].map((one) => ({ ...one, weighed: near(one.weighed) }));
            expect(named).toHaveLength(all.length);
            expect(named).toEqual(expect.arrayContaining(all));
            expect(named.map(({ weighed }) => weighed)).toEqual(
              named.map(({ weighed }) => weighed).toSorted((x, y) => y - x),
            );
          }
        },
      ),
      { numRuns: often(300, 5_000) },
    );
  });

  it('names the ten that were open widest and longest', () => {
    const table = new RowTable();
    const slots = Array.from({ length: 25 }, (_, i) =>
      table.put({
        ...{ id: `r${i}`, version: 1, status: 'ended', machine: `aws:1:eu-west-1:i-${i}`, machineName: `m-${i}` },
        ...{ requester: { id: 'ada', name: 'Ada' }, people: ['ada'], ports: ['22'], source: '203.0.113.7/32' },
        ...{ policies: [], askedAt: 0, openedAt: 0, closedAt: ((i * 7) % 25) * MINUTE_MS },
      }),
    );
    const seen = exposureOf(table, (look) => slots.some(look), { from: 0, to: DAY_MS, now: 0 });
    expect(seen.machines.map(({ weighed }) => weighed)).toEqual([24, 23, 22, 21, 20, 19, 18, 17, 16, 15]);
    expect(seen.people).toEqual([{ key: 'ada', name: 'Ada', weighed: 300, leases: 24 }]);
  });
});

/** Sums of many parts differ in their last digits. */
function near(value: number): number {
  return Math.round(value);
}
