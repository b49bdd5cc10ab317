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

/** What is known of one machine: what is over, the oldest end first, and what is current. */
export interface MachineRows {
  readonly machine: MachineId;
  readonly past: readonly BoardRow[];
  readonly current: readonly BoardRow[];
}

/** Rows of any machines, by machine: what is over comes in the order in which it was. */
export function byMachine(past: Iterable<BoardRow>, current: Iterable<BoardRow>): Iterable<MachineRows> {
  const all = new Map<
    MachineId,
    { readonly machine: MachineId; readonly past: BoardRow[]; readonly current: BoardRow[] }
  >();
  const of = (machine: MachineId) => {
    const known = all.get(machine) ?? { machine, past: [], current: [] };
    all.set(machine, known);
    return known;
  };
  for (const row of past) of(row.machine).past.push(row);
  for (const row of current) of(row.machine).current.push(row);
  return all.values();
}

/** Leases that were open within a time, by machine. Only the rows of the machines that are shown are all looked at. */
export function timelineOf(machines: Iterable<MachineRows>, window: Window): Timeline {
  const { from, to, now, skip, most } = window;
  const found: { readonly rows: MachineRows; readonly last: Instant }[] = [];
  for (const rows of machines) {
    const last = lastIn(rows, window);
    if (last !== undefined) found.push({ rows, last });
  }
  found.sort((a, b) => b.last - a.last || (a.rows.machine < b.rows.machine ? -1 : 1));
  const lines = found.slice(skip, skip + most).map(({ rows: { machine, past, current } }): TimelineLine => {
    const rows = [...past, ...current].filter((row) => isIn(row, window));
    const [first] = rows;
    return {
      machine,
      name: first?.machineName ?? machine,
      ...(first?.location === undefined ? {} : { location: first.location }),
      leases: rows.length,
      bars: barsOf(rows, now, (to - from) / COLUMNS),
    };
  });
  return { from, to, machines: found.length, lines };
}

/** When a machine was open last within a time; what is open still is later than all else. */
function lastIn({ past, current }: MachineRows, window: Window): Instant | undefined {
  const open = current.filter((row) => isIn(row, window));
  if (open.some(isOpenRow)) return Number.MAX_SAFE_INTEGER;
  let last = open.length === 0 ? undefined : Math.max(...open.map((row) => openSpan(row, window.now)?.to ?? 0));
  for (let i = past.length - 1; i >= 0; i -= 1) {
    const row = past[i];
    const span = row && openSpan(row, window.now);
    if (!row || !span) continue;
    if (span.to < window.from) break;
    if (span.from > window.to) continue;
    last = Math.max(last ?? 0, span.to);
    break;
  }
  return last;
}

function isIn(row: BoardRow, { from, to, now }: Window): boolean {
  const span = openSpan(row, now);
  return span !== undefined && span.to >= from && span.from <= to;
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
