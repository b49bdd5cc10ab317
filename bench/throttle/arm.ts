import { setTimeout as wait } from 'node:timers/promises';
import type { Fault, Faults } from '../../simulators/shared/faults.ts';
import { stand } from '../apart/measure.ts';
import { EARLIER_MS, FastClock } from '../away/clock.ts';
import { startAzure } from '../away/world.ts';
import { type Ground, onGround } from '../ground.ts';
import { startHouse } from '../lock/sides.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { spread } from '../spread.ts';

/** Of one subscription, region and principal (Azure Resource Manager, "Understand how throttling works": token bucket). */
const BUCKETS = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
} as const;
type Kind = keyof typeof BUCKETS;

const LEAST_SHARE = 0.95;
const MOST_REFUSED = 2;
const CLOSING = 'SecurityRules_Delete';
const LEAD_MS = 2_000;
const ROUNDS = 5;
/** Putting one lease into the store, on a busy machine. */
const STORED_MS = 40;
const LOOK_MS = 100;
const LIMIT_MS = 400_000;
const SECOND_MS = 1_000;

interface Round {
  readonly lastMs: number;
  readonly share: number;
  readonly refusedPercent: number;
  readonly calls: Readonly<Record<Kind, number>>;
}

/** The same under the throttles of Azure Resource Manager. */
export async function measureArm({ quick }: Effort): Promise<Measurement> {
  const machines = quick ? 10 : 300;
  const rounds: Round[] = [];
  for (let i = 0; i < (quick ? 1 : ROUNDS); i += 1) rounds.push(await onGround((ground) => play(ground, machines)));
  const of = (value: (round: Round) => number) => rounds.map(value);
  const { size, perSecond } = BUCKETS.deletes;
  return {
    title: `${machines} ends in the same second under Azure Resource Manager’s throttles`,
    how:
      `${machines} leases on as many machines of one subscription, each with a network security group of its own, end at once. Resource ` +
      `Manager gives ${size} deletions at once and ${perSecond} a second after that; as many other changes, and 250 and 25 for reading. One process ` +
      'with the real store, queue, workers, timer and adapter, and Azure beside it. Beside the bucket of deletions itself.',
    rows: [
      { what: 'last closing', unit: 'ms', values: of(({ lastMs }) => lastMs) },
      {
        what: 'the bucket itself: the last one could be made after',
        unit: 'ms',
        values: [Math.max(0, ((machines - size) / perSecond) * SECOND_MS)],
      },
      ...(['reads', 'writes', 'deletes'] as const).map((kind) => ({
        what: `calls: ${kind}`,
        unit: 'calls',
        values: of(({ calls }) => calls[kind]),
      })),
      { what: 'of all calls refused', unit: '%', values: of(({ refusedPercent }) => refusedPercent) },
    ],
    goals: [
      // Fewer than it gives at once say nothing of it.
      ...(machines <= size
        ? []
        : [
            {
              what: 'closings ÷ what the bucket gives (median)',
              value: spread(of(({ share }) => share)).median,
              ...{ least: LEAST_SHARE, unit: '×' },
              cost: 'Each machine is read, with its interface, subnet and group, before its rule is deleted, and from 250 calls on that bucket gives 25 a second.',
            },
          ]),
      {
        what: 'calls that were refused, of all (median)',
        value: spread(of(({ refusedPercent }) => refusedPercent)).median,
        ...{ most: MOST_REFUSED, unit: '%' },
      },
    ],
    notes: [],
  };
}

async function play(ground: Ground, machines: number): Promise<Round> {
  const clock = new FastClock(1, EARLIER_MS);
  const azure = await startAzure('Azure, `nsg`', machines, clock, ground.folder);
  try {
    const stood = await stand(azure, clock.now);
    clock.runFrom(Date.now());
    const until = Date.now() + LEAD_MS + machines * STORED_MS;
    const stop = await startHouse(ground, { adapters: new Map([['azure', azure.adapter]]), stood }, until);
    try {
      if (Date.now() > until) throw new Error('the leases were not in place in time');
      await wait(until - Date.now());
      const seen = throttled(azure.sim.faults);
      while (azure.standing().size > 0) {
        if (Date.now() > until + LIMIT_MS) throw new Error(`not closed within ${LIMIT_MS} ms`);
        await wait(LOOK_MS);
      }
      return roundOf(seen(), Date.now() - until, machines);
    } finally {
      await stop();
    }
  } finally {
    await azure.stop();
  }
}

interface Seen {
  readonly calls: Readonly<Record<Kind, number>>;
  readonly refused: number;
  /** When the last closing was let through, after the buckets were put in place. */
  readonly lastMs: number;
}

function roundOf({ calls, refused, lastMs }: Seen, allMs: number, machines: number): Round {
  const { size, perSecond } = BUCKETS.deletes;
  const given = Math.min(machines, size) + (perSecond * lastMs) / SECOND_MS;
  const all = calls.reads + calls.writes + calls.deletes;
  return {
    lastMs: Math.min(lastMs, allMs),
    share: machines / Math.max(machines, given),
    refusedPercent: (100 * refused) / all,
    calls,
  };
}

/** Puts the buckets before every operation of the simulator: it asks for its fault once for each call. */
function throttled(faults: Faults): () => Seen {
  const from = performance.now();
  const left = { reads: BUCKETS.reads.size, writes: BUCKETS.writes.size, deletes: BUCKETS.deletes.size } as Record<
    Kind,
    number
  >;
  const filledAt = { reads: from, writes: from, deletes: from };
  const calls = { reads: 0, writes: 0, deletes: 0 };
  let refused = 0;
  let lastMs = 0;
  const take = faults.take.bind(faults);
  faults.take = (operation): Fault | undefined => {
    const kind = kindOf(operation);
    const now = performance.now();
    const { size, perSecond } = BUCKETS[kind];
    left[kind] = Math.min(size, left[kind] + ((now - filledAt[kind]) / SECOND_MS) * perSecond);
    filledAt[kind] = now;
    calls[kind] += 1;
    if (left[kind] < 1) {
      refused += 1;
      return { kind: 'throttle', retryAfterSeconds: 1 };
    }
    left[kind] -= 1;
    if (operation === CLOSING) lastMs = now - from;
    return take(operation);
  };
  return () => ({ calls, refused, lastMs });
}

/** By HTTP method, as Resource Manager counts: operations are named after it. */
function kindOf(operation: string): Kind {
  if (operation.endsWith('_Delete')) return 'deletes';
  return /_(?:CreateOrUpdate|Update|ListEffective\w+|Initiate)$/.test(operation) ? 'writes' : 'reads';
}
