import { setTimeout as wait } from 'node:timers/promises';
import type { Instant } from '../../src/core/language/instant.ts';
import { EARLIER_MS, FastClock } from '../away/clock.ts';
import { type CloudUnderTest, startCloud } from '../away/world.ts';
import type { Stood } from '../burst/shared.ts';
import { type Ground, onGround, QUIET } from '../ground.ts';
import { startHouse } from '../lock/sides.ts';
import { standAt } from '../lock/world.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { spread } from '../spread.ts';

const MOST_MS = 200;
const LOOK_MS = 5;
const LEAD_MS = 1_500;
/** Putting one lease into the store, on a busy machine. */
const STORED_MS = 40;
const LIMIT_MS = 60_000;
/** Longer than any call is waited for, and short enough that nothing hangs when all is over. */
const SILENT_MS = 30_000;

const COST =
  'One process begins 400 closings then in place of 200: each is read, locked, written and begun in turns with the others, on one thread. ' +
  'That an Azure which answers delays them by more tells what is silence and what is work.';

/** What Azure does while leases end: nothing ends there, or as many do, and each call is answered or none is. */
const SIDES = ['alone', 'beside an Azure that answers', 'beside a silent Azure'] as const;

/** Measurement 7: what a cloud that does not answer costs the closings in the other. */
export async function measureApart({ quick }: Effort): Promise<Measurement> {
  const machines = quick ? 20 : 200;
  const last: Record<(typeof SIDES)[number], number[]> = {
    alone: [],
    'beside an Azure that answers': [],
    'beside a silent Azure': [],
  };
  for (let round = 0; round < (quick ? 1 : 5); round += 1)
    for (const side of SIDES) last[side].push(await onGround((ground) => play(ground, machines, side)));
  const median = (side: (typeof SIDES)[number]) => spread(last[side]).median;
  return {
    title: `${machines} leases that end on AWS while Azure is silent`,
    how:
      `${machines} machines in each cloud with a lease each, all with the same end, and one process with the real store, queue, ` +
      'workers, due timer and both adapters. Beside a silent Azure: no call there is answered from the end of the leases on. ' +
      'Beside one that answers: the same closings are made there. Alone: Azure is there, and nothing ends in it. In turns; from the end of the leases until AWS has no rule of ours.',
    rows: SIDES.map((side) => ({ what: `AWS ${side}: last closing`, unit: 'ms', values: last[side] })),
    goals: [
      {
        what: 'delay by a silent Azure, beside one that answers (medians)',
        value: median('beside a silent Azure') - median('beside an Azure that answers'),
        ...{ most: MOST_MS, unit: ' ms' },
      },
      {
        what: 'delay by a silent Azure, beside one in which nothing ends (medians)',
        value: median('beside a silent Azure') - median('alone'),
        ...{ most: MOST_MS, unit: ' ms', cost: COST },
      },
    ],
    notes: [],
  };
}

async function play(ground: Ground, machines: number, side: (typeof SIDES)[number]): Promise<number> {
  const clock = new FastClock(1, EARLIER_MS);
  const clouds = {
    aws: await startCloud('AWS', machines, clock, ground.folder),
    azure: await startCloud('Azure, `nsg`', machines, clock, ground.folder),
  };
  try {
    const [aws, azure] = [await stand(clouds.aws, clock.now), await stand(clouds.azure, clock.now)];
    const adapters = new Map([
      ['aws', clouds.aws.adapter],
      ['azure', clouds.azure.adapter],
    ] as const);
    clock.runFrom(Date.now());
    const until = Date.now() + LEAD_MS + 2 * machines * STORED_MS;
    const stop = await startHouse(
      ground,
      { adapters, stood: side === 'alone' ? aws : [...aws, ...azure], log: QUIET },
      until,
    );
    try {
      if (side === 'beside a silent Azure') clouds.azure.silence(SILENT_MS);
      if (Date.now() > until) throw new Error('the leases were not in place in time');
      while (clouds.aws.standing().size > 0) {
        if (Date.now() > until + LIMIT_MS) throw new Error(`not closed within ${LIMIT_MS} ms`);
        await wait(LOOK_MS);
      }
      return Date.now() - until;
    } finally {
      clouds.azure.speak();
      await stop();
    }
  } finally {
    await Promise.all([clouds.aws.stop(), clouds.azure.stop()]);
  }
}

/** A rule of a lease on each machine; its end is told to the store later. */
export async function stand(
  { adapter, machines }: Pick<CloudUnderTest, 'adapter' | 'machines'>,
  now: () => Instant,
): Promise<readonly Stood[]> {
  const stood: Stood[] = [];
  for (const [n, machine] of machines.entries()) {
    const source = `198.18.${Math.floor(n / 250)}.${(n % 250) + 1}/32`;
    stood.push(await standAt(adapter, { machine, name: `web-${n}`, source }, Date.now() + LIMIT_MS, now));
  }
  return stood;
}
