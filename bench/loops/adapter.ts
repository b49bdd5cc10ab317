import { awsAdapter } from '../../adapters/aws/index.ts';
import { patrol } from '../../src/app/loops/patrol.ts';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { markSigner } from '../../src/core/rule/mark.ts';
import { leasesOf } from '../burst/leases.ts';
import { seedLeases } from '../burst/seed.ts';
import { type Burst, type Furnished, INSTALLATION, MARK_KEYS } from '../burst/shared.ts';
import { startChild } from '../child.ts';
import { watched } from '../crowd/measure.ts';
import { type Ground, LOUD } from '../ground.ts';
import { house } from '../memory/house.ts';

/** So many leases of a machine. */
export const EACH = 5;
const ENDLESS = new AbortController().signal;

/**
 * The program's patrol with the real adapter over the simulated AWS, which is in a process of its own: reading its rules in pages, which the SDK
 * parses in one piece each, is part of it. Gives the CPU of its longest step in milliseconds, by round.
 */
export async function adapterPatrols(
  ground: Ground,
  { machines, rounds }: { readonly machines: number; readonly rounds: number },
): Promise<readonly number[]> {
  const cloud = startChild(new URL('../burst/cloud.ts', import.meta.url));
  try {
    const until = Date.now() + DAY_MS;
    const burst: Burst = { machines, leasesEach: EACH, until };
    const { settings, stood } = await cloud.ask<Furnished>('furnish', burst);
    const marks = markSigner(INSTALLATION, [...MARK_KEYS]);
    const aws = awsAdapter(settings, { marks, installation: INSTALLATION, log: LOUD, now: Date.now });
    const deps = { ...house(ground, { people: 1, machines: 1 }).deps, clouds: new Map([['aws', aws]] as const) };
    await seedLeases(
      deps.store,
      stood.flatMap((one) => leasesOf(one, until)),
    );
    const all = async () => {
      const { seen, closed } = await patrol(deps, ENDLESS);
      if (seen !== machines * EACH || closed > 0) throw new Error(`the patrol saw ${seen} rules and closed ${closed}`);
    };
    await all();
    const steps: number[] = [];
    for (let round = 0; round < rounds; round += 1) steps.push((await watched(ground, all)).stepCpuMs);
    return steps;
  } finally {
    await cloud.stop();
  }
}
