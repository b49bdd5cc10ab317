import { JitError } from '../core/errors/errors.ts';
import { say } from '../core/language/say.ts';
import type { Held } from '../ports/lock.ts';
import type { Log } from '../ports/log.ts';

interface HoldingOptions {
  readonly ttlMs: number;
  /** Milliseconds of a clock that only goes forward, and counts sleep: Redis ends a lock meanwhile. */
  readonly passing: () => number;
  /** When the lock was asked for, on that clock. */
  readonly since: number;
  /** Whoever asked for the lock may give up. */
  readonly signal: AbortSignal;
  /** False when the lock is somebody else's by now. */
  readonly renew: () => Promise<boolean>;
  /** False when the lock is somebody else's by now, or may not be written under yet. */
  readonly writes: () => Promise<boolean>;
  readonly log: Log;
}

/** A tenth of the time is not counted on: clocks run at slightly different speeds, and messages take time. */
const MARGIN = 0.1;

/**
 * A lock that is held: renewed at each third of its time, and told lost when a renewal says so or when none came through
 * in time. Renewal needs the event loop, so that a process that hangs loses its lock.
 */
export class Holding implements Held {
  readonly signal: AbortSignal;
  readonly #options: HoldingOptions;
  readonly #lost = new AbortController();
  #since: number;
  #timer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #ended = false;
  #mayWrite: Promise<boolean> | undefined;

  constructor(options: HoldingOptions) {
    this.#options = options;
    this.#since = options.since;
    this.signal = AbortSignal.any([options.signal, this.#lost.signal]);
    this.#renewLater();
  }

  remainingMs(): number {
    if (this.#ended || this.#lost.signal.aborted) return 0;
    const { ttlMs, passing } = this.#options;
    return Math.max(0, this.#since + ttlMs * (1 - MARGIN) - passing());
  }

  async writes(): Promise<void> {
    this.#mayWrite ??= this.#options.writes();
    if (!(await this.#mayWrite)) throw new JitError('locked', { machine: say`the machine` });
  }

  /** The work is done: no more renewals. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
  }

  #renewLater(): void {
    clearTimeout(this.#deadline);
    this.#timer = setTimeout(() => void this.#renew(), this.#options.ttlMs / 3);
    this.#deadline = setTimeout(() => this.#lose('no renewal came through in time'), this.remainingMs());
  }

  async #renew(): Promise<void> {
    // An event loop that was blocked comes here late: what may have ended is not revived.
    if (this.remainingMs() === 0) return this.#lose('the process was blocked for too long');
    const asked = this.#options.passing();
    try {
      const renewed = await this.#options.renew();
      if (this.#ended) return;
      if (!renewed) return this.#lose('it ended, or somebody else has it');
      this.#since = asked;
    } catch (error) {
      this.#options.log.warn({ error }, 'a lock could not be renewed; trying again until it ends');
    }
    if (this.remainingMs() > 0) this.#renewLater();
  }

  #lose(why: string): void {
    if (this.#ended || this.#lost.signal.aborted) return;
    this.#options.log.warn({ why }, 'a lock was lost; its work is stopped');
    this.#lost.abort(new JitError('lockLost', {}, { cause: new Error(why) }));
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
  }
}
