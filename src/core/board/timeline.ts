import type { Instant } from '../language/instant.ts';
import { namesApart } from '../language/names-apart.ts';
import type { MachineId } from '../machine/machine.ts';
import { type BoardRow, isOpenRow, lateIn, openSpan } from './row.ts';
import type { RowTable, Slot, Slots } from './table.ts';

/** One bar: a lease, or several that are closer than can be drawn apart. */
export interface TimelineBar {
  readonly from: Instant;
  readonly to: Instant;
  /** How many leases it stands for. */
  readonly count: number;
  /** Of the first of them. */
  readonly id: string;
  readonly who: string;
  readonly whoId: string;
  readonly isOpen?: true;
  readonly isGlass?: true;
  /** One of them was proven closed more than a minute late. */
  readonly isLate?: true;
  /** Of one of them nobody could tell whether it was closed. */
  readonly isUnproven?: true;
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
  /** By the store's clock: what is open is open until then. */
  readonly now: Instant;
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

/** Leases that were open within a time, by machine: of the rows at these slots, which come with the newest first. */
export function timelineOf(table: RowTable, slots: Slots, window: Window): Timeline {
  const { from, to, now, skip, most } = window;
  const inside: Slots = (look) => slots(ifInside(table, window, look));
  const machines = lastFirst(table, inside);
  const rows = rowsOf(table, inside, machines.slice(skip, skip + most));
  const lines = rows.map((own): TimelineLine => {
    const [first] = own;
    return {
      ...{ machine: first.machine, name: first.machineName },
      ...(first.location === undefined ? {} : { location: first.location }),
      leases: own.length,
      bars: barsOf(own, now, (to - from) / COLUMNS),
    };
  });
  return { from, to, now, machines: machines.length, lines };
}

/** The same, with machines and people told apart who look the same. */
export function toldApart<T extends Timeline>(timeline: T): T {
  const machine = namesApart(timeline.lines.map(({ machine: id, name }) => ({ id, name })));
  const person = namesApart(
    timeline.lines.flatMap(({ bars }) => bars.map(({ whoId: id, who: name }) => ({ id, name }))),
  );
  const lines = timeline.lines.map((line) => ({
    ...line,
    name: machine({ id: line.machine, name: line.name }),
    bars: line.bars.map((bar) => ({ ...bar, who: person({ id: bar.whoId, name: bar.who }) })),
  }));
  return { ...timeline, lines };
}

/** Of what was open within the time; what is not closed is open until now. */
function ifInside(
  { columns: { opened, closed } }: RowTable,
  { from, to, now }: Window,
  look: (slot: Slot) => unknown,
): (slot: Slot) => void {
  return (slot) => {
    const begin = opened[slot] ?? Number.NaN;
    const end = closed[slot] ?? Number.NaN;
    if (begin <= to && (Number.isNaN(end) ? Math.max(now, begin) : end) >= from) look(slot);
  };
}

/** Numbers of machines, the one first that was open last. What is open still is later than all else. */
function lastFirst({ columns: { machine, closed }, machines }: RowTable, slots: Slots): readonly number[] {
  const last = new Float64Array(machines.size);
  const found: number[] = [];
  slots((slot) => {
    const of = machine[slot] ?? -1;
    const end = closed[slot] ?? Number.NaN;
    if (last[of] === 0) found.push(of);
    last[of] = Math.max(last[of] ?? 0, Number.isNaN(end) ? Number.MAX_SAFE_INTEGER : end);
  });
  // They are in this order already, but for those of one instant.
  return found.sort((a, b) => (last[b] ?? 0) - (last[a] ?? 0) || (machines.keyOf(a) < machines.keyOf(b) ? -1 : 1));
}

/** All rows of each of the machines, the newest first. */
function rowsOf(
  { columns: { machine }, machines, rows }: RowTable,
  slots: Slots,
  shown: readonly number[],
): readonly (readonly [BoardRow, ...BoardRow[]])[] {
  const lines = new Int32Array(machines.size).fill(-1);
  shown.forEach((of, line) => {
    lines[of] = line;
  });
  const found = shown.map((): BoardRow[] => []);
  slots((slot) => {
    const line = lines[machine[slot] ?? -1] ?? -1;
    const row = line < 0 ? undefined : rows[slot];
    if (row) found[line]?.push(row);
  });
  return found.flatMap(([first, ...others]) => (first ? [[first, ...others] as const] : []));
}

function barsOf(rows: readonly BoardRow[], now: Instant, apart: number): readonly TimelineBar[] {
  const sorted = rows.toReversed().sort((a, b) => (a.openedAt ?? 0) - (b.openedAt ?? 0));
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
    ...{ from, to, count: 1, id: row.id, who: row.requester.name, whoId: row.requester.id },
    ...(isOpenRow(row) ? { isOpen: true as const } : {}),
    ...(row.isGlass ? { isGlass: true as const } : {}),
    ...((lateIn(row) ?? 0) > LATE_MS ? { isLate: true as const } : {}),
    ...(row.status === 'ended' && row.verdict === 'unknown' ? { isUnproven: true as const } : {}),
  };
}

function together(a: TimelineBar, b: TimelineBar): TimelineBar {
  return { ...b, ...a, to: Math.max(a.to, b.to), count: a.count + b.count };
}
