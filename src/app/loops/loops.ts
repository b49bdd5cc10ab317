import { JitError } from '../../core/errors/errors.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import type { Deps } from '../deps.ts';
import { alarmOfGlass } from '../glass/alarm.ts';
import { askReviews } from '../glass/reviews.ts';
import { Alarms } from '../operators/alarms.ts';
import type { Lateness } from '../operators/lateness.ts';
import { rest } from '../rest.ts';
import { auditRoom } from './audit-room.ts';
import { sumUp } from './bursts.ts';
import { CHANNELS_MS, watchChannels } from './channels.ts';
import { compare } from './compare.ts';
import { tellEnded } from './delegations.ts';
import { digester } from './digest.ts';
import { isTold, watch } from './drift.ts';
import { evidenceLoops } from './evidence.ts';
import { keepLastKnown } from './last-known.ts';
import { leaversOf } from './leavers.ts';
import { watchLeftovers } from './leftovers.ts';
import { keepsAll, memoryRoom } from './memory.ts';
import { loopLock, PATROL_LEASE_MS, patrols } from './patrol-again.ts';
import { probe } from './probe.ts';
import { holder } from './protections.ts';
import { replicasWatch } from './replicas.ts';
import { router } from './routing.ts';
import { closeStrays } from './strays.ts';
import { sweeper } from './sweep.ts';
import { watchTickets } from './tickets.ts';
import { watchUnused } from './unused.ts';

/** How often it is asked whether the store went back. */
const COMPARE_MS = 5_000;
const LATE_MS = 15_000;
const LAST_KNOWN_MS = 10 * MINUTE_MS;
/** How often it is looked whether the time of a rule without a record is over. */
const STRAYS_MS = 5_000;
/** How often it is looked whether a patrol was not whole. */
const AGAIN_MS = 5_000;
/** How often it is looked whether broken glass is still to be told besides the chats. */
const GLASS_MS = 5_000;
/** How often it is looked whether somebody is to be told what was held back. */
const BURSTS_MS = 5_000;
/** Memory fills slowly. */
const AUDIT_MS = 10 * MINUTE_MS;

export interface Loops {
  stop(): Promise<void>;
}

interface Loop {
  readonly name: string;
  readonly everyMs: number;
  readonly leaseMs: number;
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

/** How often the loops run whose pace the settings or tests name. */
interface Paces {
  readonly sweepMs: number;
  readonly patrolMs: number;
  readonly probeMs: number;
  readonly digestMs: number;
  readonly driftMs: number;
}

/** All that runs on its own: at start and then again and again, by one replica at a time. It never stops by itself. */
export function startLoops(deps: Deps, every: Paces, lateness: Lateness): Loops {
  const stopping = new AbortController();
  const running = loopsOf(deps, every, lateness).map((loop) => keepRunning(deps, loop, stopping.signal));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}

/** One loop a line. */
function loopsOf(deps: Deps, every: Paces, lateness: Lateness): readonly Loop[] {
  const alarms = new Alarms(deps);
  const going = patrols(deps, every.patrolMs);
  const untaken = { people: new Map(), alarms };
  return [
    { name: 'sweep', everyMs: every.sweepMs, leaseMs: 10_000, run: sweeper(deps) },
    { name: 'probe', everyMs: every.probeMs, leaseMs: 10_000, run: (signal) => probe(deps, alarms, signal) },
    { name: 'digest', everyMs: every.digestMs, leaseMs: 10_000, run: digester(deps) },
    ...(isTold(deps)
      ? [{ name: 'drift', everyMs: every.driftMs, leaseMs: 30_000, run: (signal: AbortSignal) => watch(deps, signal) }]
      : []),
    { name: 'audit', everyMs: AUDIT_MS, leaseMs: 10_000, run: () => auditRoom(deps, alarms) },
    ...evidenceLoops(deps, alarms),
    { name: 'late', everyMs: LATE_MS, leaseMs: 10_000, run: () => lateness.look(deps, alarms) },
    { name: 'leavers', everyMs: MINUTE_MS, leaseMs: 30_000, run: leaversOf(deps) },
    {
      name: 'channels',
      everyMs: CHANNELS_MS,
      leaseMs: 40_000,
      run: (signal) => watchChannels(deps, alarms, signal),
    },
    { name: 'tickets', everyMs: MINUTE_MS, leaseMs: 30_000, run: (signal) => watchTickets(deps, signal) },
    { name: 'unused', everyMs: MINUTE_MS, leaseMs: 30_000, run: watchUnused(deps) },
    { name: 'glass', everyMs: GLASS_MS, leaseMs: 30_000, run: (signal) => alarmOfGlass(deps, signal) },
    { name: 'reviews', everyMs: MINUTE_MS, leaseMs: 30_000, run: (signal) => askReviews(deps, signal) },
    { name: 'routing', everyMs: MINUTE_MS, leaseMs: 30_000, run: router(deps) },
    { name: 'bursts', everyMs: BURSTS_MS, leaseMs: 10_000, run: (signal) => sumUp(deps, signal, untaken) },
    { name: 'delegations', everyMs: MINUTE_MS, leaseMs: 30_000, run: (signal) => tellEnded(deps, signal) },
    { name: 'last known', everyMs: LAST_KNOWN_MS, leaseMs: 30_000, run: () => keepLastKnown(deps) },
    { name: 'memory', everyMs: MINUTE_MS, leaseMs: 10_000, run: () => memoryRoom(deps, alarms) },
    { name: 'keeps', everyMs: MINUTE_MS, leaseMs: 10_000, run: () => keepsAll(deps, alarms) },
    { name: 'replicas', everyMs: MINUTE_MS, leaseMs: 10_000, run: replicasWatch(deps, alarms) },
    { name: 'protections', everyMs: every.patrolMs, leaseMs: 30_000, run: holder(deps) },
    { name: 'compare', everyMs: COMPARE_MS, leaseMs: 30_000, run: (signal) => compare(deps, signal) },
    { name: 'strays', everyMs: STRAYS_MS, leaseMs: 30_000, run: (signal) => closeStrays(deps, signal) },
    {
      name: 'leftovers',
      everyMs: every.patrolMs,
      leaseMs: 30_000,
      run: (signal) => watchLeftovers(deps, alarms, signal),
    },
    { name: 'patrol', everyMs: every.patrolMs, leaseMs: PATROL_LEASE_MS, run: going.patrol },
    { name: 'patrol again', everyMs: AGAIN_MS, leaseMs: 30_000, run: going.again },
  ];
}

async function keepRunning(deps: Deps, { name, everyMs, leaseMs, run }: Loop, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const options = { ttlMs: leaseMs, waitMs: 0, closing: false, signal };
      await deps.lock.hold([loopLock(name)], options, (held) => run(held.signal));
    } catch (error) {
      // Another replica has it, or something is down: either way again at the next turn.
      const elsewhere = error instanceof JitError && error.code === 'locked';
      if (!elsewhere && !signal.aborted) deps.log.error({ error, loop: name }, 'a loop failed; it runs again');
    }
    await rest(everyMs, signal);
  }
}
