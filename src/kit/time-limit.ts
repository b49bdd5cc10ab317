import { AsyncLocalStorage } from 'node:async_hooks';

/** For work that is shared: one who gives up does not end it, and each of its calls has its own time limit. */
export const ENDLESS: AbortSignal = new AbortController().signal;

/** Aborts with the signal, or after so long. */
export function within(signal: AbortSignal, limitMs: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
}

const counting = new AsyncLocalStorage<Countdown>();

/** Counts down while nobody waits for their turn. */
class Countdown {
  readonly #over: () => void;
  #leftMs: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #waiting = 0;
  #isOver = false;

  constructor(ms: number, over: () => void) {
    this.#leftMs = ms;
    this.#over = over;
    this.#start();
  }

  async whileWaiting<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    if (this.#waiting === 1) this.#stop();
    try {
      return await work();
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.#isOver) this.#start();
    }
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #start(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(this.#over, Math.max(0, this.#leftMs)).unref();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#leftMs -= performance.now() - this.#since;
  }
}

/**
 * Waiting for one's turn takes nothing of the time of the call that it is a part of: else a call that waited has no time left once it is sent,
 * and takes the turn of another in vain. The wait has a limit of its own (`Pacing`). NB. Of calls that one limit bounds side by side, one that waits
 * stops the time of all.
 */
export function untimed<T>(wait: () => Promise<T>): Promise<T> {
  return counting.getStore()?.whileWaiting(wait) ?? wait();
}

/**
 * Gives the work a signal that aborts with the given one, or with a `TimeoutError` after so long, `untimed` left aside. The limit ends with
 * the work: one that nobody waits for any more would fire all the same, each with an error of its own.
 */
export async function limited<T>(
  signal: AbortSignal,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const stop = () => limit.abort(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const late = () => limit.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  const countdown = new Countdown(limitMs, late);
  try {
    return await counting.run(countdown, () => work(limit.signal));
  } finally {
    countdown.end();
    signal.removeEventListener('abort', stop);
  }
}

/**
 * The work, or the signal's reason as soon as it aborts: for work that does not hear the signal (signing in), or that must
 * not end with one of those who wait for it. What comes of it later is dropped.
 */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A call to a service: who waits for it, how long it may take, and how its errors are told. */
export interface LimitedCall {
  readonly signal: AbortSignal;
  readonly limitMs: number;
  asError(error: unknown): unknown;
}

/**
 * Makes one call within its time, also where it does not hear the signal that it gets. Throws the signal's own reason when
 * who waits has given up, `asError` of anything else, of a `TimeoutError` when the time was over.
 */
export async function callWithin<T>(
  { signal, limitMs, asError }: LimitedCall,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  try {
    return await limited(signal, limitMs, (within) => orAborted(send(within), within));
  } catch (error) {
    throw signal.aborted ? signal.reason : asError(error);
  }
}
