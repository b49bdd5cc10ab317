import { cloudOf, type MachineId, providerIdOf } from '../core/machine/machine.ts';
import type { QueueFigures } from '../ports/figures.ts';
import type { Log } from '../ports/log.ts';
import type { Urgency } from '../ports/queue.ts';

interface LanesOptions {
  readonly run: (machine: MachineId, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** Machines at once in one lane. */
  readonly hands: number;
  readonly signal: AbortSignal;
}

/** So many machines wait in one lane at most for each urgency: the due index brings back what finds no room. */
const MOST_WAITING = 20_000;
/** The part of the hands that only closings get: openings that hang hold up none. */
const KEPT = 0.2;

interface Lane {
  /** Since when each waits, on a clock that only goes forward. */
  readonly waiting: Readonly<Record<Urgency, Map<MachineId, number>>>;
  readonly running: Set<MachineId>;
  /** How many of these began as openings. */
  opening: number;
}

/**
 * Each account and each subscription has its own hands: one that hangs holds up no other. In each, closings go first and have some hands of their own, and a machine
 * waits once and is looked at by one at a time.
 */
export class Lanes {
  readonly #options: LanesOptions;
  readonly #lanes = new Map<string, Lane>();
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(options: LanesOptions) {
    this.#options = options;
  }

  /** Has the machine looked at when it is its turn. What waits in memory is only a hint: if the process dies, the due index has it. */
  add(machine: MachineId, urgency: Urgency): void {
    if (this.#closed) return;
    const lane = this.#lane(machine);
    const { close, open } = lane.waiting;
    // Openings take no room from closings.
    if (close.has(machine) || lane.waiting[urgency].size >= MOST_WAITING) return;
    const since = open.get(machine) ?? performance.now();
    open.delete(machine);
    lane.waiting[urgency].set(machine, since);
    this.#next(lane);
  }

  /** How many machines wait and are looked at in this process. */
  figures(): QueueFigures {
    const lanes = [...this.#lanes.values()];
    const since = lanes.flatMap(({ waiting }) => [...waiting.close.values(), ...waiting.open.values()]);
    const first = since.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
    return {
      queue: 'machines',
      waiting: since.length,
      active: lanes.reduce((sum, { running }) => sum + running.size, 0),
      oldestMs: since.length > 0 ? performance.now() - first : 0,
    };
  }

  /** Takes no more, forgets what waits, and resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const { waiting } of this.#lanes.values()) for (const some of Object.values(waiting)) some.clear();
    await Promise.all(this.#running);
  }

  #lane(machine: MachineId): Lane {
    const name = laneOf(machine);
    const known = this.#lanes.get(name);
    if (known) return known;
    const made: Lane = { waiting: { close: new Map(), open: new Map() }, running: new Set(), opening: 0 };
    this.#lanes.set(name, made);
    return made;
  }

  #next(lane: Lane): void {
    const { hands } = this.#options;
    const forOpenings = Math.max(1, hands - Math.floor(hands * KEPT));
    for (const urgency of ['close', 'open'] as const) {
      for (const machine of lane.waiting[urgency].keys()) {
        if (lane.running.size >= hands || (urgency === 'open' && lane.opening >= forOpenings)) return;
        // It waits until the look that is under way has ended: what it has not seen is seen then.
        if (lane.running.has(machine)) continue;
        lane.waiting[urgency].delete(machine);
        lane.running.add(machine);
        const work = this.#work(lane, machine, urgency);
        this.#running.add(work);
        void work.finally(() => this.#running.delete(work));
      }
    }
  }

  async #work(lane: Lane, machine: MachineId, urgency: Urgency): Promise<void> {
    const { run, log, signal } = this.#options;
    const isOpening = urgency === 'open' ? 1 : 0;
    lane.opening += isOpening;
    try {
      await run(machine, signal);
    } catch (error) {
      log.warn({ data: { machine }, error }, 'a job failed; what is not done is found again');
    } finally {
      lane.running.delete(machine);
      lane.opening -= isOpening;
      this.#next(lane);
    }
  }
}

/** `azure:<subscription>`, `aws:<account>`, `gcp:<project>`: what may hang alone. */
function laneOf(machine: MachineId): string {
  const own = providerIdOf(machine);
  const cloud = cloudOf(machine);
  const account = cloud === 'azure' ? own.split('/')[2] : own.split(cloud === 'aws' ? ':' : '/')[0];
  return `${cloud}:${account ?? ''}`;
}
