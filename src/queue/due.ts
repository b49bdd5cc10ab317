import { inStep } from '../core/language/in-step.ts';
import type { MachineId } from '../core/machine/machine.ts';
import type { Log } from '../ports/log.ts';
import type { Queue } from '../ports/queue.ts';
import type { Store } from '../ports/store.ts';

export interface DueTimerOptions {
  readonly store: Pick<Store, 'claim'>;
  readonly queue: Pick<Queue, 'converge'>;
  readonly log: Log;
  /** The longest sleep, so that what was committed meanwhile is seen. */
  readonly mostMs?: number;
  /** Machines claimed in one script. */
  readonly limit?: number;
  /** A claimed machine is due again after this, unless a look at it settled its time. */
  readonly againMs?: number;
  /** Has a machine looked at by this process, past the queue: where that takes no hint, or loses what it takes. */
  readonly direct?: (machine: MachineId) => void;
}

export interface DueTimer {
  /** Looks at the due index now. */
  poke(): void;
  stop(): Promise<void>;
}

const MOST_MS = 1_000;
const LIMIT = 5_000;
const AGAIN_MS = 5_000;
const TURNS = 3;
/** The queue has so long to take hints. */
const HINT_MS = 2_000;
/** A machine that was claimed so often, one time after the other, got nothing of its hints. */
const LOST_AFTER = 4;
/** After an error: so long, doubled each time, up to `mostMs`. */
const FIRST_RETRY_MS = 100;

/**
 * The plain timer that drives everything: sleeps until the first entry of the due index, claims what is due in one script,
 * and gives hints in bulk. Stops only when told to.
 */
export function startDueTimer(options: DueTimerOptions): DueTimer {
  const { log, mostMs = MOST_MS } = options;
  const sleeper = new Sleeper();
  const claims = new Claims(options.againMs ?? AGAIN_MS);
  let stopped = false;
  const running = (async () => {
    let failures = 0;
    while (!stopped) {
      let sleepMs: number;
      try {
        const nextMs = await turn(options, claims);
        sleepMs = nextMs < mostMs ? nextMs : inStep(mostMs, performance.now());
        failures = 0;
      } catch (error) {
        log.error({ error }, 'the due index could not be read or hinted at; trying again');
        sleepMs = Math.min(mostMs, FIRST_RETRY_MS * 2 ** failures);
        failures += 1;
      }
      if (!stopped) await sleeper.sleep(sleepMs);
    }
  })();
  return {
    poke: () => sleeper.wake(),
    stop() {
      stopped = true;
      sleeper.wake();
      return running;
    },
  };
}

/** Claims once; gives how long until the next entry. */
async function turn(
  { store, queue, limit = LIMIT, againMs = AGAIN_MS, direct, log }: DueTimerOptions,
  claims: Claims,
): Promise<number> {
  const { machines, next, now } = await store.claim(limit, againMs);
  // Occasions take turns: a job that a dead worker still seems to hold does not swallow the next hint, and however long
  // a cloud is down, no more than so many hints for one machine can wait.
  const occasion = `due-${Math.floor(now.at / againMs) % TURNS}`;
  const lost = claims.see(machines, now.at);
  if (direct && lost.length > 0) {
    log.warn(
      { machines: lost.length },
      'hints were given and nobody came: these machines are looked at past the queue',
    );
    for (const machine of lost) direct(machine);
  }
  if (machines.length > 0) {
    try {
      await inTime(queue.converge(machines, occasion, 'close'));
    } catch (error) {
      // A job is a hint and nothing more: closing does not hang on it.
      if (direct) for (const machine of machines) direct(machine);
      throw error;
    }
  }
  return next === undefined ? Number.POSITIVE_INFINITY : Math.max(0, next - now.at);
}

async function inTime(work: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`the queue took no hints within ${HINT_MS} ms`)), HINT_MS);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How often machines were claimed here one time after the other. Whoever has looked at one has put its time off, so that it is not claimed again soon. */
class Claims {
  readonly #againMs: number;
  #times = new Map<MachineId, { readonly count: number; readonly at: number }>();

  constructor(againMs: number) {
    this.#againMs = againMs;
  }

  /** Gives those whose hints are lost. */
  see(machines: readonly MachineId[], now: number): readonly MachineId[] {
    const since = now - 2 * this.#againMs;
    const before = this.#times;
    this.#times = new Map([...before].filter(([, { at }]) => at >= since));
    return machines.filter((machine) => {
      const count = (this.#times.get(machine)?.count ?? 0) + 1;
      this.#times.set(machine, { count, at: now });
      return count >= LOST_AFTER;
    });
  }
}

/** A sleep that can be cut short; a wake that comes before it is not lost. */
class Sleeper {
  #woken = false;
  #wake: () => void = () => {};

  async sleep(ms: number): Promise<void> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#woken = false;
  }

  wake(): void {
    this.#woken = true;
    this.#wake();
  }
}
