import type { Deps } from '../../src/app/deps.ts';
import { compare } from '../../src/app/loops/compare.ts';
import { converge } from '../../src/app/machine/converge.ts';
import { decide } from '../../src/app/request/decide.ts';
import { move } from '../../src/app/request/move.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { MACHINES } from './cloud.ts';
import { ADA, GRACE, GUARDED, LIN, SAM } from './house.ts';
import type { Scheduler } from './scheduler.ts';

/** How many have to approve for this machine. */
export function needs(machine: MachineId): number {
  return MACHINES.find(({ id }) => id === machine)?.name === GUARDED ? 2 : 1;
}

/** An old card, a second thought, somebody who may not. */
export async function decideSomehow(deps: Deps, scheduler: Scheduler, request: string): Promise<void> {
  const who = [GRACE, SAM, ADA, LIN][Math.floor(scheduler.random() * 4)] ?? GRACE;
  if (scheduler.chance(0.3)) await decide(deps, who, { request, verdict: 'deny', reason: 'not now' });
  else await decide(deps, who, { request, ...(scheduler.chance(0.5) ? { version: 1 } : {}), verdict: 'approve' });
}

/** To where others come from, to elsewhere, to where nobody may. */
export async function moveSomewhere(deps: Deps, scheduler: Scheduler, request: string): Promise<void> {
  const who = scheduler.chance(0.1) ? LIN : ADA;
  const source = `203.0.113.${[0, 1, 2, 3, 9, 200][Math.floor(scheduler.random() * 6)]}/32`;
  await move(deps, who, request, source);
}

/** A request of any machine, from one of few addresses, so that leases share rules. */
export function wanted(scheduler: Scheduler) {
  // Some are over while they are opened.
  const forMs = 5_000 + Math.floor(scheduler.random() * (scheduler.chance(0.3) ? 10_000 : 200_000));
  return {
    machine: `m-${1 + Math.floor(scheduler.random() * 3)}`,
    ports: [],
    source: `203.0.113.${Math.floor(scheduler.random() * 3)}/32`,
    forMs,
    justification: 'x',
    // Before, and after, everything that may go wrong meanwhile.
    ...(scheduler.chance(0.2) ? { startsAt: scheduler.now + Math.floor(scheduler.random() * 60_000) } : {}),
  };
}

export async function claimAndConverge(deps: Deps): Promise<void> {
  const { machines } = await deps.store.claim(10, 5_000);
  for (const machine of machines) await converge(deps, machine, new AbortController().signal);
}

export async function compareUnderLock(deps: Deps): Promise<void> {
  const { signal } = new AbortController();
  const options = { ttlMs: 30_000, waitMs: 0, closing: false, signal };
  await deps.lock.hold(['loop:compare'], options, (held) => compare(deps, held.signal));
}
