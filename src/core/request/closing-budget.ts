import { HOUR_MS, type Instant, SECOND_MS } from '../language/instant.ts';
import { cloudOf, type MachineId, whereIs } from '../machine/machine.ts';
import { isInForce, type Request } from './request.ts';
import { endOfStart } from './starting.ts';

/*
 * The closing budget: no more leases are to end at one time than can be closed in time. Ends are counted for each site in
 * slices of time; a slice takes so many that the cloud's token bucket serves every end in every window at once (see `budgetOf`).
 * Whoever is approved when a slice is full gets the latest earlier end that is free.
 */

/** A token bucket that a cloud publishes for the calls that close: so many at once, and so many more each second. */
export interface ClosingRate {
  readonly burst: number;
  readonly perSecond: number;
}

/** How fast a cloud lets leases be closed in each site. */
export interface ClosingLimits {
  /** All of them hold for each call. */
  readonly rates: readonly ClosingRate[];
  /** The most calls that closing one port of a lease takes of them. */
  readonly calls: number;
  /** One call closes all that ends at the same instant on one machine. */
  readonly together: boolean;
}

/** How many ends a slice of time takes. */
export interface ClosingBudget {
  readonly ends: number;
  readonly sliceMs: number;
  readonly together: boolean;
}

/** The part of the published limits that is planned with: the rest is for whatever else calls with the same right. */
const PLANNED = 0.8;
/** An access ends earlier by a quarter of its time at most, and by an hour: with less it is not what was approved. */
const MOST_EARLIER = 0.25;
const LONGEST_EARLIER_MS = HOUR_MS;

/**
 * A window of w seconds meets w / slice + 2 slices at most, so that ends ≤ (w / slice + 2) × n, which is ≤ burst + w × rate
 * where n ≤ burst / 2 and n / slice ≤ rate: no call ever finds an empty bucket.
 */
export function budgetOf({ rates, calls, together }: ClosingLimits): ClosingBudget {
  const most = Math.floor((PLANNED * Math.min(...rates.map(({ burst }) => burst))) / 2);
  const perSecond = PLANNED * Math.min(...rates.map((rate) => rate.perSecond));
  const ends = Math.max(1, Math.floor(most / calls));
  return { ends, sliceMs: Math.ceil((ends * calls * SECOND_MS) / perSecond), together };
}

/**
 * Where ends are counted together: in an AWS account and region, an Azure subscription, whose regions an id does not name, or a
 * Google Cloud project, whose limits hold for all its regions together.
 */
export function siteOfMachine(machine: MachineId): string {
  const { account, subscription, project, region } = whereIs(machine);
  return [cloudOf(machine), ...(account === undefined ? [subscription ?? project] : [account, region])].join(':');
}

/** An end that is asked for. */
export interface EndWanted {
  readonly budget: ClosingBudget;
  readonly wish: Instant;
  readonly earliest: Instant;
  /** So many ends it counts as: its ports. */
  readonly ports: number;
}

/** What is known of the ends that others have, in the same site. */
export interface EndsTaken {
  /** Ends from `from` on and before `to`; where one call closes several, those count once. */
  count(from: Instant, to: Instant): number;
  /** Does something on the same machine end at this very instant? */
  isShared(at: Instant): boolean;
}

/** The latest end that can be closed in time: the wish itself, or the start of an earlier slice; undefined where all are full. */
export function latestFree({ budget, wish, earliest, ports }: EndWanted, taken: EndsTaken): Instant | undefined {
  const { ends, sliceMs, together } = budget;
  const needs = together ? 1 : Math.min(ports, ends);
  const own = Math.floor(wish / sliceMs) * sliceMs;
  for (let start = own, at = wish; at >= earliest; start -= sliceMs, at = start) {
    if (together && taken.isShared(at)) return at;
    if (taken.count(start, start + sliceMs) + needs <= ends) return at;
  }
  return undefined;
}

/** When it will be over, if nobody ends it before; undefined while nothing is approved, and once it is over. */
export function plannedEnd(request: Request): Instant | undefined {
  if (isInForce(request)) return request.lease.until;
  return request.status === 'scheduled' ? endOfStart(request) : undefined;
}

/**
 * The earliest end that is still what was approved. `from` is its start, or, of more time, the end that it had.
 */
export function earliestEnd(from: Instant, wish: Instant): Instant {
  return wish - Math.min(Math.floor((wish - from) * MOST_EARLIER), LONGEST_EARLIER_MS);
}
