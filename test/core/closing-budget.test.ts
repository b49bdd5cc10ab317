import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOSINGS as AWS } from '../../adapters/aws/ec2/throttle.ts';
import { CLOSINGS as AZURE } from '../../adapters/azure/arm/quotas.ts';
import { CLOSINGS as GOOGLE } from '../../adapters/gcp/limits.ts';
import {
  budgetOf,
  type ClosingLimits,
  earliestEnd,
  latestFree,
  siteOfMachine,
} from '../../src/core/request/closing-budget.ts';
import { often } from '../setup/lane.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 23, 12);

interface Wish {
  readonly from: number;
  readonly wish: number;
  readonly machine: number;
  readonly ports: number;
}

interface Given extends Wish {
  readonly until: number;
}

/** Gives ends one after the other, as a store would. */
function give(limits: ClosingLimits, wishes: readonly Wish[]): { given: Given[]; refused: Wish[] } {
  const budget = budgetOf(limits);
  const given: Given[] = [];
  const refused: Wish[] = [];
  const slices = new Map<number, { readonly calls: Set<string>; ports: number }>();
  const sliceOf = (at: number) => slices.get(Math.floor(at / budget.sliceMs)) ?? { calls: new Set<string>(), ports: 0 };
  for (const one of wishes) {
    const until = latestFree(
      { budget, wish: one.wish, earliest: earliestEnd(one.from, one.wish), ports: one.ports },
      {
        count: (from) => (limits.together ? sliceOf(from).calls.size : sliceOf(from).ports),
        isShared: (at) => sliceOf(at).calls.has(`${at} ${one.machine}`),
      },
    );
    if (until === undefined) {
      refused.push(one);
      continue;
    }
    given.push({ ...one, until });
    const slice = sliceOf(until);
    slice.calls.add(`${until} ${one.machine}`);
    slice.ports += one.ports;
    slices.set(Math.floor(until / budget.sliceMs), slice);
  }
  return { given, refused };
}

/** The calls that close these, by when they are made. */
function callsOf({ calls, together }: ClosingLimits, all: readonly Given[]): readonly number[] {
  if (together)
    return [...new Set(all.map(({ until, machine }) => `${until} ${machine}`))].map((key) => Number.parseInt(key, 10));
  return all.flatMap(({ until, ports }) => Array.from({ length: ports * calls }, () => until));
}

/** How long the last call waits for a token, in seconds, in a bucket that is full at the beginning: one token at a time. */
function longestWait(burst: number, perSecond: number, calls: readonly number[]): number {
  let [left, last, longest] = [burst, 0, 0];
  for (const at of calls.toSorted((a, b) => a - b).map((ms) => ms / 1_000)) {
    const ready = Math.max(at, last);
    left = Math.min(burst, left + (ready - last) * perSecond);
    const wait = left >= 1 ? 0 : (1 - left) / perSecond;
    left = left + wait * perSecond - 1;
    last = ready + wait;
    longest = Math.max(longest, last - at);
  }
  return longest;
}

const PUBLISHED = [
  ['AWS, a group for each machine', AWS.dedicated],
  ['AWS, a group for each lease', AWS.perRequest],
  ['Azure', AZURE],
  ['Google Cloud', GOOGLE],
] as const;

describe('the closing budget', () => {
  it('follows from what the clouds publish', () => {
    expect(PUBLISHED.map(([name, limits]) => [name, budgetOf(limits)])).toEqual([
      ['AWS, a group for each machine', { ends: 20, sliceMs: 5_000, together: true }],
      ['AWS, a group for each lease', { ends: 20, sliceMs: 5_000, together: false }],
      ['Azure', { ends: 40, sliceMs: 30_000, together: false }],
      ['Google Cloud', { ends: 600, sliceMs: 30_000, together: false }],
    ]);
  });

  it.each([
    ['aws:123456789012:eu-west-1:i-0123456789abcdef0', 'aws:123456789012:eu-west-1'],
    ['azure:/subscriptions/s/resourcegroups/g/providers/microsoft.compute/virtualmachines/web-1', 'azure:s'],
    ['gcp:my-project/europe-west1-b/web-1', 'gcp:my-project'],
  ] as const)('counts %s with %s', (machine, site) => {
    expect(siteOfMachine(machine)).toBe(site);
  });

  it('leaves ends alone while there is room, and puts the rest at the starts of earlier slices, the latest first', () => {
    const wishes = Array.from({ length: 50 }, (_, machine) => ({ from: NOW, wish: NOW + HOUR + 7, machine, ports: 1 }));
    const { given } = give(AWS.dedicated, wishes);
    expect(given.map(({ until }) => until - NOW - HOUR)).toEqual([
      ...Array(20).fill(7),
      ...Array(20).fill(-5_000),
      ...Array(10).fill(-10_000),
    ]);
  });

  it('counts what one call closes once: more of a machine at the same instant is free', () => {
    const wishes = Array.from({ length: 400 }, (_, i) => ({ from: NOW, wish: NOW + HOUR, machine: i % 20, ports: 2 }));
    expect(new Set(give(AWS.dedicated, wishes).given.map(({ until }) => until))).toEqual(new Set([NOW + HOUR]));
    expect(new Set(give(AWS.perRequest, wishes).given.map(({ until }) => until)).size).toBe(40);
  });

  it('never makes an access shorter than three quarters of its time, nor by more than an hour: then it refuses', () => {
    const wishes = Array.from({ length: 4_000 }, (_, machine) => ({ from: NOW, wish: NOW + HOUR, machine, ports: 1 }));
    const { given, refused } = give(AWS.dedicated, wishes);
    expect(given).toHaveLength(20 * (1 + (15 * 60) / 5));
    expect(Math.min(...given.map(({ until }) => until))).toBe(NOW + 0.75 * HOUR);
    expect(refused).toHaveLength(4_000 - given.length);
    expect(earliestEnd(NOW, NOW + 24 * HOUR)).toBe(NOW + 23 * HOUR);
  });
});

const wishes = fc.array(
  fc.record({
    from: fc.integer({ min: 0, max: 60 }).map((s) => NOW + s * 1_000),
    // Mostly the full hour, as people ask.
    wish: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(NOW + HOUR, NOW + HOUR + 30_000) },
      { weight: 1, arbitrary: fc.integer({ min: 30 * 60, max: 65 * 60 }).map((s) => NOW + s * 1_000 + 123) },
    ),
    machine: fc.integer({ min: 0, max: 150 }),
    ports: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 100, maxLength: 400 },
);

describe.each(PUBLISHED)('ends in %s', (_, limits) => {
  it('come at the approved end or earlier, leave what was promised, and are all closed at once by the published bucket', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const { given } = give(limits, all);
        for (const { from, wish, until } of given) {
          expect(until).toBeLessThanOrEqual(wish);
          expect(until - from).toBeGreaterThanOrEqual(Math.floor((wish - from) * 0.75));
        }
        const calls = callsOf(limits, given);
        for (const { burst, perSecond } of limits.rates)
          expect(longestWait(burst, perSecond, calls)).toBeLessThan(0.001);
      }),
      { numRuns: often(12, 200), endOnFailure: true },
    );
  });
});

it('without a budget the same wishes would be late: the oracle can fail', () => {
  const calls = Array.from({ length: 400 }, () => NOW);
  expect(longestWait(50, 5, calls)).toBeCloseTo(70);
});

it('Google Cloud: no calendar minute has more calls than its quota', () => {
  const all = Array.from({ length: 5_000 }, (_, machine) => ({ from: NOW, wish: NOW + HOUR, machine, ports: 1 }));
  const minutes = Map.groupBy(give(GOOGLE, all).given, ({ until }) => Math.floor(until / 60_000));
  expect(Math.max(...[...minutes.values()].map((those) => those.length))).toBeLessThanOrEqual(1_500);
});
