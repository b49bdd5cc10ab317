import type { Instant } from '../language/instant.ts';
import type { MachineId } from '../machine/machine.ts';
import { type BoardRow, isOpenRow, openSpan } from './row.ts';

/** One bar: a lease, or several that are closer than can be drawn apart. */
export interface TimelineBar {
  readonly from: Instant;
  readonly to: Instant;
  /** How many leases it stands for. */
  readonly count: number;
  /** Of the first of them. */
  readonly id: string;
  readonly who: string;
  readonly isOpen?: true;
  readonly isGlass?: true;
  /** One of them was proven closed more than a minute late. */
  readonly isLate?: true;
}

export interface TimelineLine {
  readonly machine: MachineId;
  readonly name: string;
  readonly location?: string;
  readonly leases: number;
  readonly bars: readonly TimelineBar[];
}

export interface Timeline {
  readonly from: Instant;
  readonly to: Instant;
  /** How many machines had a lease in this time. */
  readonly machines: number;
  readonly lines: readonly TimelineLine[];
}

interface Window {
  readonly from: Instant;
  readonly to: Instant;
  readonly now: Instant;
  /** Of the machines, those that were open last first. */
  readonly skip: number;
  readonly most: number;
}

/** What is closer than a part of so many of the whole is one bar: a pixel or two. */
const COLUMNS = 800;
const LATE_MS = 60_000;

/** Leases that were open within a time, by machine. */
export function timelineOf(rows: Iterable<BoardRow>, { from, to, now, skip, most }: Window): Timeline {
  const byMachine = new Map<MachineId, { readonly rows: BoardRow[]; last: Instant }>();
  for (const row of rows) {
    const span = openSpan(row, now);
    if (!span || span.to < from || span.from > to) continue;
    const line = byMachine.get(row.machine) ?? { rows: [], last: 0 };
    line.rows.push(row);
    line.last = Math.max(line.last, isOpenRow(row) ? Number.MAX_SAFE_INTEGER : span.to);
    byMachine.set(row.machine, line);
  }
  const newest = [...byMachine].sort(([a, { last }], [b, { last: other }]) => other - last || (a < b ? -1 : 1));
  const lines = newest.slice(skip, skip + most).map(([machine, line]): TimelineLine => {
    const [first] = line.rows;
    return {
      machine,
      name: first?.machineName ?? machine,
      ...(first?.location === undefined ? {} : { location: first.location }),
      leases: line.rows.length,
      bars: barsOf(line.rows, now, (to - from) / COLUMNS),
    };
  });
  return { from, to, machines: byMachine.size, lines };
}

function barsOf(rows: readonly BoardRow[], now: Instant, apart: number): readonly TimelineBar[] {
  const sorted = rows.toSorted((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0));
  const bars: TimelineBar[] = [];
  for (const row of sorted) {
    const bar = barOf(row, now);
    const before = bars.at(-1);
    if (before && bar.from - before.to < apart) bars[bars.length - 1] = together(before, bar);
    else bars.push(bar);
  }
  return bars;
}

function barOf(row: BoardRow, now: Instant): TimelineBar {
  const { from, to } = openSpan(row, now) ?? { from: now, to: now };
  return {
    ...{ from, to, count: 1, id: row.id, who: row.requester.name },
    ...(isOpenRow(row) ? { isOpen: true as const } : {}),
    ...(row.isGlass ? { isGlass: true as const } : {}),
    ...((row.lateMs ?? 0) > LATE_MS ? { isLate: true as const } : {}),
  };
}

function together(a: TimelineBar, b: TimelineBar): TimelineBar {
  return { ...b, ...a, to: Math.max(a.to, b.to), count: a.count + b.count };
}
