import type { Instant } from '../language/instant.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../language/instant.ts';
import { familyOf, isGroup, prefixLength } from '../rule/source.ts';
import { type BoardRow, openSpan } from './row.ts';

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
/** A security group lets in whoever bears it: counted as a network of 256 addresses. */
const GROUP_WEIGHT = 9;

/**
 * How much a source counts: 1 for one address (of IPv6: the /64 of one network), and one more for each time it doubles. A /24 is 9,
 * the whole Internet 33.
 */
export function weightOf(source: string): number {
  if (isGroup(source)) return GROUP_WEIGHT;
  const [bits, own] = [familyOf(source) === 'ipv4' ? 32 : 64, prefixLength(source)];
  return 1 + Math.max(0, bits - own);
}

function kept(weights: Map<string, number>, source: string): number {
  const weight = weightOf(source);
  weights.set(source, weight);
  return weight;
}

interface Counting {
  weighed: number;
  minutes: number;
  opened: number;
  readonly late: number[];
  readonly decision: number[];
}

/** What is added up for each of many, by key: sums apart from the keys, as they are added to for every row. */
interface Tally {
  readonly places: Map<string, number>;
  readonly names: string[];
  readonly weighed: number[];
  readonly leases: number[];
}

interface Window {
  readonly from: Instant;
  readonly to: Instant;
  readonly now: Instant;
}

/** How much was open within a time, how late closings were, and how long decisions took. */
export function exposureOf(rows: Iterable<BoardRow>, { from, to, now }: Window): ExposureOverTime {
  const stepMs = to - from <= HOURLY_MS ? HOUR_MS : DAY_MS;
  const first = Math.floor(from / stepMs) * stepMs;
  const steps = Array.from({ length: Math.ceil((to - first) / stepMs) }, counting);
  const all = counting();
  const [machines, people] = [tally(), tally()];
  const at = (instant: Instant | undefined) =>
    instant === undefined || instant < from || instant > to ? undefined : steps[Math.floor((instant - first) / stepMs)];
  // Few sources are asked from again and again: each is read once.
  const weights = new Map<string, number>();
  const weigh = (source: string) => weights.get(source) ?? kept(weights, source);
  for (const row of rows) {
    countTimes(row, at);
    const span = openSpan(row, now);
    if (!span) continue;
    const opened = at(row.openedAt);
    if (opened) opened.opened += 1;
    const [begin, end] = [Math.max(span.from, from), Math.min(span.to, to)];
    if (begin >= end) continue;
    const ports = row.ports.length;
    const weight = weigh(row.source) * ports;
    spreadOut(steps, { begin: begin - first, end: end - first, stepMs, ports, weight });
    const minutes = (end - begin) / MINUTE_MS;
    all.opened += 1;
    all.minutes += minutes * ports;
    all.weighed += minutes * weight;
    add(machines, row.machine, row.machineName, minutes * weight);
    add(people, row.requester.id, row.requester.name, minutes * weight);
  }
  return {
    ...{ from, to, stepMs, weighed: Math.round(all.weighed), minutes: Math.round(all.minutes), leases: all.opened },
    steps: steps.map((step, i) => stepOf(step, first + i * stepMs)),
    ...spreads(steps),
    machines: widest(machines),
    people: widest(people),
  };
}

/** Of what nobody decided, no time says anything. */
function countTimes(row: BoardRow, at: (instant: Instant | undefined) => Counting | undefined): void {
  const decided = at(row.decidedAt);
  if (decided && row.decidedAt !== undefined && !row.isGlass)
    decided.decision.push(Math.max(0, row.decidedAt - row.askedAt));
  if (row.lateMs !== undefined) at(row.closedAt)?.late.push(row.lateMs);
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

function tally(): Tally {
  return { places: new Map(), names: [], weighed: [], leases: [] };
}

function add({ places, names, weighed, leases }: Tally, key: string, name: string, more: number): void {
  let place = places.get(key);
  if (place === undefined) {
    place = names.push(name) - 1;
    places.set(key, place);
  }
  weighed[place] = (weighed[place] ?? 0) + more;
  leases[place] = (leases[place] ?? 0) + 1;
}

function widest({ places, names, weighed, leases }: Tally): readonly Exposed[] {
  return [...places]
    .sort(([, a], [, b]) => (weighed[b] ?? 0) - (weighed[a] ?? 0))
    .slice(0, MOST_NAMED)
    .map(([key, place]) => ({
      ...{ key, name: names[place] ?? '' },
      ...{ weighed: Math.round(weighed[place] ?? 0), leases: leases[place] ?? 0 },
    }));
}
