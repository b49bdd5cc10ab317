import { setTimeout as wait } from 'node:timers/promises';
import { type Ground, onGround } from '../ground.ts';
import type { Effort, Goal, Measurement, Row } from '../measurement.ts';
import { closeInLoop, lastClosed, startHouse } from './sides.ts';
import { type Behind, FACTOR, startWorld } from './world.ts';

const SECONDS = [1, 3];
const BEHIND: readonly Behind[] = ['one network security group', 'one Defender policy', 'one firewall'];
/** Everything that opens the ports and puts the leases in place, for each machine. */
const LEAD_MS = 1_500;

/** Putting one lease into the store, on a busy machine. */
const STORED_MS = 40;

interface Case {
  readonly behind: Behind;
  readonly machines: number;
  readonly callMs: number;
}

/** Measurement 5: machines behind one lock, whose leases end in the same second. */
export async function measureLock({ quick }: Effort): Promise<Measurement> {
  const sizes = quick ? [20] : [20, 40, 200];
  const rows: Row[] = [];
  const goals: Goal[] = [];
  const notes: string[] = [];
  await onGround(async (ground) => {
    for (const behind of quick ? BEHIND.slice(0, 1) : BEHIND)
      for (const machines of sizes)
        for (const seconds of quick ? [3] : SECONDS) {
          const one = { behind, machines, callMs: (seconds * 1_000) / FACTOR };
          const what = `${machines} machines behind ${behind}, calls of ${seconds} s`;
          const [ours, plain] = [await play(ground, one, 'ours'), await play(ground, one, 'plain')];
          // All of them take more than an hour: what was measured is said at once.
          console.error(`${what}: ${Math.round(ours.ms)} ms, the loop ${Math.round(plain.ms)} ms`);
          rows.push({ what: `${what}: Drawbridge’s last closing`, unit: 'ms', values: [ours.ms] });
          rows.push({ what: `${what}: the loop’s last closing`, unit: 'ms', values: [plain.ms] });
          goals.push({ what: `${what}: last closing ÷ the loop’s`, value: ours.ms / plain.ms, most: 1.2, unit: '×' });
          notes.push(`${what}: ${ours.calls} writes by Drawbridge, ${plain.calls} by the loop.`);
        }
  });
  return {
    title: 'Machines behind one lock whose leases end in the same second',
    how:
      `The simulated Azure, in which every call takes its time, reads too, and whose clock runs ${FACTOR} times as fast, so that a call takes a ` +
      `quarter of what is named here, and its quotas are filled ${FACTOR} times as fast as well. ` +
      'Drawbridge: the real store, queue, workers, due timer and Azure adapter in one process. The loop: one write a machine, each ' +
      'when the one before was answered, and nothing else. Times from the end of the leases, closings as Azure saw them.',
    rows,
    goals,
    notes,
  };
}

async function play(ground: Ground, { behind, machines, callMs }: Case, side: 'ours' | 'plain') {
  const leadMs = 2_000 + machines * LEAD_MS;
  const world = await startWorld(behind, machines, ground.folder, Date.now() + leadMs + 3_600_000);
  try {
    const until = Date.now() + 1_500 + machines * STORED_MS;
    const stop =
      side === 'ours'
        ? await startHouse(ground, { adapters: new Map([['azure', world.adapter]]), stood: world.stood }, until)
        : undefined;
    try {
      world.sim.faults.add(/_/, { kind: 'slow', ms: callMs }, Number.POSITIVE_INFINITY);
      if (Date.now() > until) throw new Error('the leases were not in place in time');
      await wait(until - Date.now());
      const from = world.now();
      if (side === 'plain') await closeInLoop(world, behind);
      return await lastClosed(world, from, 60_000 + 3 * machines * callMs);
    } finally {
      world.sim.faults.clear();
      await stop?.();
    }
  } finally {
    await world.sim.stop();
  }
}
