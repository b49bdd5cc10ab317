import { setTimeout as pause } from 'node:timers/promises';
import { inStep } from '../core/language/in-step.ts';
import type { Log } from '../ports/log.ts';
import type { Pulse } from '../ports/pulse.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';

interface PulseTimerOptions {
  readonly pulse: Pulse;
  readonly store: Pick<Store, 'dueWithin'>;
  readonly queue: Pick<Queue, 'converge'>;
  readonly log: Log;
  readonly everyMs?: number;
}

const BEAT_MS = 500;
/** What a process had in hand is due again after five seconds (due.ts): until then it is found here. */
const WITHIN_MS = 5_000;
const LIMIT = 5_000;
/** Processes that were seen to be gone are remembered, so that each is told of once. */
const MOST_TOLD = 1_000;

/** Says that this process lives until stopped, and has looked at what one had in hand that does not say so any more. */
export function startPulse({ pulse, store, queue, log, everyMs = BEAT_MS }: PulseTimerOptions): {
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  const { signal } = stopping;
  const told = new Set<string>();
  let isFailing = false;
  const beat = async () => {
    try {
      for (const gone of (await pulse.beat()).filter((process) => !told.has(process))) {
        const machines = await store.dueWithin(WITHIN_MS, LIMIT);
        if (machines.length > 0) await queue.converge(machines, `gone-${gone}`, 'close');
        if (told.size >= MOST_TOLD) told.clear();
        told.add(gone);
        log.warn({ process: gone, machines: machines.length }, 'a process is gone; what it had in hand is looked at');
      }
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ error }, 'this process could not say in Redis that it lives');
      isFailing = true;
    }
  };
  const running = (async () => {
    while (!signal.aborted) {
      await beat();
      await pause(inStep(everyMs, performance.now()), undefined, { signal }).catch(() => undefined);
    }
    await pulse.leave().catch((error: unknown) => log.warn({ error }, 'this process could not leave'));
  })();
  return {
    stop() {
      stopping.abort();
      return running;
    },
  };
}
