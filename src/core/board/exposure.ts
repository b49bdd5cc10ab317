import type { Instant } from '../language/instant.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../language/instant.ts';
import type { BoardRow } from './row.ts';
import type { RowTable, Slot, Slots } from './table.ts';

/** One step of time. */
export interface ExposureStep {
  readonly at: Instant;
  /** Minutes that ports were open, each weighed by the width of its source. */
  readonly weighed: number;
  /** The same, not weighed. */
  readonly minutes: number;
  readonly opened: number;
  readonly late?: Spread;
  readonly decision?: Spread;
}

/** In milliseconds. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
  readonly most: number;
  readonly of: number;
}

export interface Exposed {
  readonly key: string;
  readonly name: string;
  readonly weighed: number;
  readonly leases: number;
}

export interface ExposureOverTime {
  readonly from: Instant;
  readonly to: Instant;
  readonly stepMs: number;
  readonly steps: readonly ExposureStep[];
  readonly weighed: number;
  readonly minutes: number;
  readonly leases: number;
  readonly late?: Spread;
  readonly decision?: Spread;
  /** Those that were open widest and longest. */
  readonly machines: readonly Exposed[];
  readonly people: readonly Exposed[];
}

/** So many steps at most, whatever the time in all. */
const HOURLY_MS = 4 * DAY_MS;
const MOST_NAMED = 10;

interface Counting {
  weighed: number;
  minutes: number;
  opened: number;
  readonly late: number[];
  readonly decision: number[];
}

/** What is added up for each of many, by number. */
interface Tally {
  readonly weighed: Float64Array;
  readonly leases: Uint32Array;
  /** A row of each: its name is said there. */
  readonly slots: Int32Array;
}

interface Window {
  readonly from: Instant;
  readonly to: Instant;
  readonly now: Instant;
}

/** How much was open within a time, how late closings were, and how long decisions took: of the rows at these slots. */
export function exposureOf(table: RowTable, slots: Slots, { from, to, now }: Window): ExposureOverTime {
  const stepMs = to - from <= HOURLY_MS ? HOUR_MS : DAY_MS;
  const first = Math.floor(from / stepMs) * stepMs;
  const steps = Array.from({ length: Math.ceil((to - first) / stepMs) }, counting);
  const all = counting();
  const { columns } = table;
  const [machines, people] = [tally(table.machines.size), tally(table.people.size)];
  const at = (instant: number) =>
    instant >= from && instant <= to ? steps[Math.floor((instant - first) / stepMs)] : undefined;
  slots((slot) => {
    countTimes(columns, slot, at);
    const openedAt = columns.opened[slot] ?? Number.NaN;
    if (Number.isNaN(openedAt)) return;
    const opened = at(openedAt);
    if (opened) opened.opened += 1;
    const closedAt = columns.closed[slot] ?? Number.NaN;
    const begin = Math.max(openedAt, from);
    const end = Math.min(Number.isNaN(closedAt) ? Math.max(now, openedAt) : closedAt, to);
    if (begin >= end) return;
    const ports = columns.ports[slot] ?? 0;
    const weight = columns.weight[slot] ?? 0;
    spreadOut(steps, { begin: begin - first, end: end - first, stepMs, ports, weight });
    const minutes = (end - begin) / MINUTE_MS;
    all.opened += 1;
    all.minutes += minutes * ports;
    all.weighed += minutes * weight;
    add(machines, columns.machine[slot] ?? -1, { weighed: minutes * weight, slot });
    add(people, columns.person[slot] ?? -1, { weighed: minutes * weight, slot });
  });
  return {
    ...{ from, to, stepMs, weighed: Math.round(all.weighed), minutes: Math.round(all.minutes), leases: all.opened },
    steps: steps.map((step, i) => stepOf(step, first + i * stepMs)),
    ...spreads(steps),
    machines: widest(machines, table, ({ machine, machineName }) => ({ key: machine, name: machineName })),
    people: widest(people, table, ({ requester: { id, name } }) => ({ key: id, name })),
  };
}

/** Of what nobody decided, no time says anything. */
function countTimes(
  { decided, decision, closed, late }: RowTable['columns'],
  slot: Slot,
  at: (instant: number) => Counting | undefined,
): void {
  const took = decision[slot] ?? Number.NaN;
  if (!Number.isNaN(took)) at(decided[slot] ?? Number.NaN)?.decision.push(took);
  const lateMs = late[slot] ?? Number.NaN;
  if (!Number.isNaN(lateMs)) at(closed[slot] ?? Number.NaN)?.late.push(lateMs);
}

interface Part {
  /** In milliseconds from the first step on. */
  readonly begin: number;
  readonly end: number;
  readonly stepMs: number;
  readonly ports: number;
  readonly weight: number;
}

function spreadOut(steps: readonly Counting[], { begin, end, stepMs, ports, weight }: Part): void {
  for (let i = Math.floor(begin / stepMs); i * stepMs < end; i += 1) {
    const step = steps[i];
    if (!step) return;
    const minutes = (Math.min(end, (i + 1) * stepMs) - Math.max(begin, i * stepMs)) / MINUTE_MS;
    step.minutes += minutes * ports;
    step.weighed += minutes * weight;
  }
}

function stepOf(step: Counting, at: Instant): ExposureStep {
  const { weighed, minutes, opened } = step;
  return { at, weighed: Math.round(weighed), minutes: Math.round(minutes), opened, ...spreads([step]) };
}

function counting(): Counting {
  return { weighed: 0, minutes: 0, opened: 0, late: [], decision: [] };
}

function spreads(steps: readonly Counting[]): { readonly late?: Spread; readonly decision?: Spread } {
  const late = spreadOf(steps.map((step) => step.late));
  const decision = spreadOf(steps.map((step) => step.decision));
  return { ...(late ? { late } : {}), ...(decision ? { decision } : {}) };
}

function spreadOf(lists: readonly (readonly number[])[]): Spread | undefined {
  // Numbers alone sort ten times as fast as values with a function that compares them.
  const values = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  if (values.length === 0) return undefined;
  let from = 0;
  for (const list of lists) {
    values.set(list, from);
    from += list.length;
  }
  values.sort();
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
  return { median: at(0.5), p95: at(0.95), most: at(1), of: values.length };
}

function tally(many: number): Tally {
  return { weighed: new Float64Array(many), leases: new Uint32Array(many), slots: new Int32Array(many) };
}

function add({ weighed, leases, slots }: Tally, of: number, lease: { readonly weighed: number; readonly slot: Slot }) {
  weighed[of] = (weighed[of] ?? 0) + lease.weighed;
  leases[of] = (leases[of] ?? 0) + 1;
  slots[of] = lease.slot;
}

function widest(
  { weighed, leases, slots }: Tally,
  { rows }: RowTable,
  named: (row: BoardRow) => { readonly key: string; readonly name: string },
): readonly Exposed[] {
  const most: number[] = [];
  // Ten of ten thousand: each that is wider than one of them takes its turn, and few are.
  for (let of = 0; of < weighed.length; of += 1) {
    if (leases[of] === 0) continue;
    const before = most.findIndex((one) => (weighed[one] ?? 0) < (weighed[of] ?? 0));
    if (before < 0 && most.length >= MOST_NAMED) continue;
    most.splice(before < 0 ? most.length : before, 0, of);
    most.length = Math.min(most.length, MOST_NAMED);
  }
  return most.flatMap((of) => {
    const row = rows[slots[of] ?? -1];
    return row ? [{ ...named(row), weighed: Math.round(weighed[of] ?? 0), leases: leases[of] ?? 0 }] : [];
  });
}
