import { Queue as BullQueue } from 'bullmq';
import type { MachineId } from '../core/machine/machine.ts';
import type { QueueFigures } from '../ports/figures.ts';
import type { Log } from '../ports/log.ts';
import type { NotifyHint, Queue, Urgency } from '../ports/queue.ts';
import type { RedisAddress } from '../ports/redis-address.ts';
import { type BullConnection, bullConnection, logErrors } from './connection.ts';
import { convergeId, JOB_OPTIONS, type JobData, notifyId, PRIORITY, queuePrefix } from './names.ts';
import { Soon } from './soon.ts';

export interface QueueOptions {
  /** Where Redis is, or its URL alone. */
  readonly url: RedisAddress | string;
  readonly prefix?: string;
  readonly log: Log;
  /** Gives the `traceparent` of what runs here. */
  readonly trace?: (() => string | undefined) | undefined;
}

/** A hint that finds no Redis fails soon: the due index makes up for it. */
const RETRIES = 3;
/** Jobs added in one transaction, which blocks Redis for a few milliseconds and lets workers begin before the rest is there. */
const AT_ONCE = 250;
/** BullMQ's event streams are read by nobody here. */
const EVENTS_KEPT = 100;

/** Hints through BullMQ. */
export function bullQueue(options: QueueOptions): Queue & { close(): Promise<void> } {
  return new HintQueue(options);
}

class HintQueue implements Queue {
  readonly #connection: BullConnection;
  readonly #converge: BullQueue<JobData['converge']>;
  readonly #notify: BullQueue<JobData['notify']>;

  readonly #trace: QueueOptions['trace'];
  readonly #log: Log;
  readonly #soon = new Soon();

  constructor({ url, prefix = 'drawbridge', log, trace }: QueueOptions) {
    this.#trace = trace;
    this.#log = log;
    this.#connection = bullConnection(url, RETRIES);
    const options = {
      connection: this.#connection.redis,
      prefix: queuePrefix(prefix),
      defaultJobOptions: JOB_OPTIONS,
      streams: { events: { maxLen: EVENTS_KEPT } },
    };
    this.#converge = new BullQueue('converge', options);
    this.#notify = new BullQueue('notify', options);
    for (const queue of [this.#converge, this.#notify]) logErrors(queue, log);
  }

  async converge(machines: readonly MachineId[], key: string, urgency: Urgency): Promise<void> {
    const priority = PRIORITY[urgency];
    const traced = this.#traced();
    for (let from = 0; from < machines.length; from += AT_ONCE) {
      await this.#converge.addBulk(
        machines.slice(from, from + AT_ONCE).map((machine) => ({
          name: 'converge',
          data: { machine, ...traced },
          opts: { jobId: convergeId(machine, key), priority },
        })),
      );
    }
  }

  async notify(requests: readonly NotifyHint[], occasion?: string): Promise<void> {
    const traced = this.#traced();
    const add = (some: readonly NotifyHint[]) => this.#addNotify(some, traced, occasion);
    await add(
      this.#soon.take(requests, (held) =>
        add(held).catch((error: unknown) => this.#log.warn({ error }, 'hints were lost; the sweep will find the work')),
      ),
    );
  }

  async #addNotify(
    requests: readonly NotifyHint[],
    traced: { readonly trace?: string },
    occasion: string | undefined,
  ): Promise<void> {
    for (let from = 0; from < requests.length; from += AT_ONCE) {
      await this.#notify.addBulk(
        requests.slice(from, from + AT_ONCE).map(({ id, version }) => ({
          name: 'notify',
          data: { id, ...traced },
          opts: { jobId: notifyId(id, version, occasion) },
        })),
      );
    }
  }

  #traced(): { readonly trace?: string } {
    const trace = this.#trace?.();
    return trace === undefined ? {} : { trace };
  }

  async figures(): Promise<readonly QueueFigures[]> {
    return Promise.all([figuresOf('converge', this.#converge), figuresOf('notify', this.#notify)]);
  }

  async close(): Promise<void> {
    await this.#soon.flush();
    await Promise.all([this.#converge.close(), this.#notify.close()]);
    this.#connection.end();
  }
}

/** Hints without a priority wait in one list, those with one in another; what a chat does not take for now is delayed. */
async function figuresOf(name: 'converge' | 'notify', queue: BullQueue): Promise<QueueFigures> {
  const [counts, next] = await Promise.all([
    queue.getJobCounts('wait', 'prioritized', 'delayed', 'active'),
    queue.getJobs(['wait', 'prioritized'], 0, 0, true),
  ]);
  const { wait = 0, prioritized = 0, delayed = 0, active = 0 } = counts;
  // NB. BullMQ gives undefined for a job that was taken in between.
  const since = next.flatMap((job) => job?.timestamp ?? []);
  const oldestMs = since.length > 0 ? Math.max(0, Date.now() - Math.min(...since)) : 0;
  return { queue: name, waiting: wait + prioritized + delayed, active, oldestMs };
}
