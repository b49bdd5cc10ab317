import { inStep } from '../core/language/in-step.ts';
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
/** After an error: so long, doubled each time, up to `mostMs`. */
const FIRST_RETRY_MS = 100;

/**
 * The plain timer that drives everything: sleeps until the first entry of the due index, claims what is due in one script,
 * and gives hints in bulk. Stops only when told to.
 */
export function startDueTimer(options: DueTimerOptions): DueTimer {
  const { log, mostMs = MOST_MS } = options;
  const sleeper = new Sleeper();
  let stopped = false;
  const running = (async () => {
    let failures = 0;
    while (!stopped) {
      let sleepMs: number;
      try {
        const nextMs = await turn(options);
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
async function turn({ store, queue, limit = LIMIT, againMs = AGAIN_MS }: DueTimerOptions): Promise<number> {
  const { machines, next, now } = await store.claim(limit, againMs);
  // Occasions take turns: a job that a dead worker still seems to hold does not swallow the next hint, and however long
  // a cloud is down, no more than so many hints for one machine can wait.
  const occasion = `due-${Math.floor(now.at / againMs) % TURNS}`;
  if (machines.length > 0) await queue.converge(machines, occasion, 'close');
  return next === undefined ? Number.POSITIVE_INFINITY : Math.max(0, next - now.at);
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
