/** A small seeded generator (mulberry32): the same seed gives the same run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Thrown at every effect of a process that was stopped: it can do nothing more, not even tidy up. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** How often a process says that it lives. */
const BEAT_MS = 500;

interface Waiting {
  readonly process: number;
  readonly go: () => void;
  readonly stop: () => void;
}

/**
 * Lets one effect at a time happen, in an order drawn by the seed. Every effect of every process waits for its turn here,
 * so that a process can be stopped, or sleep, between any two effects.
 */
export class Scheduler {
  readonly random: () => number;
  #waiting: Waiting[] = [];
  #dead = new Set<number>();
  /** Processes that sleep until this model instant: their effects are passed over. */
  readonly #asleep = new Map<number, number>();
  /** Since when each can say nothing. */
  readonly #silentSince = new Map<number, number>();
  now: number;

  constructor(seed: number, start: number) {
    this.random = seeded(seed);
    this.now = start;
  }

  /** Waits until it is this effect's turn. Rejects for ever once the process was stopped. */
  turn(process: number): Promise<void> {
    if (this.#dead.has(process)) return Promise.reject(new Stopped());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ process, go: resolve, stop: () => reject(new Stopped()) });
    });
  }

  /** `kill -9`: what waits is rejected, and so is all that the process tries afterwards. */
  kill(process: number): void {
    this.#dead.add(process);
    this.#silentSince.set(process, this.now);
    const its = this.#waiting.filter((waiting) => waiting.process === process);
    this.#waiting = this.#waiting.filter((waiting) => waiting.process !== process);
    for (const waiting of its) waiting.stop();
  }

  isDead(process: number): boolean {
    return this.#dead.has(process);
  }

  /** The process does not get the processor until then: its locks may run out meanwhile. */
  sleep(process: number, untilMs: number): void {
    this.#asleep.set(process, untilMs);
    this.#silentSince.set(process, this.now);
  }

  /** Others have not heard of it for so long: it is dead, asleep, or woke up just now. */
  isSilent(process: number, forMs: number): boolean {
    const since = this.#silentSince.get(process);
    if (since === undefined || this.now - since < forMs) return false;
    return this.isDead(process) || this.now <= (this.#asleep.get(process) ?? 0) + BEAT_MS;
  }

  /** Lets one waiting effect happen; false when none can. */
  async step(): Promise<boolean> {
    await quiet();
    const ready = this.#waiting.filter(({ process }) => (this.#asleep.get(process) ?? 0) <= this.now);
    const chosen = ready[Math.floor(this.random() * ready.length)];
    if (!chosen) return false;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== chosen);
    chosen.go();
    await quiet();
    return true;
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }
}

/** Until all that can run without another turn has run: promises only, no timers and no I/O are involved. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
