import { setTimeout as wait } from 'node:timers/promises';
import { DelayedError, type Job, Worker } from 'bullmq';
import { JitError } from '../core/errors/errors.ts';
import { MINUTE_MS } from '../core/language/instant.ts';
import { type MachineId, parseMachineId } from '../core/machine/machine.ts';
import type { QueueFigures } from '../ports/figures.ts';
import type { Log } from '../ports/log.ts';
import type { RedisAddress } from '../ports/redis-address.ts';
import type { Traces } from '../ports/traces.ts';
import { bullConnection, logErrors } from './connection.ts';
import { Lanes } from './lanes.ts';
import { CONCURRENCY, type JobData, PRIORITY, queuePrefix, TAKEN_AT_ONCE, WORKER_OPTIONS } from './names.ts';

export interface WorkersOptions {
  /** Where Redis is, or its URL alone. */
  readonly url: RedisAddress | string;
  readonly prefix?: string;
  readonly log: Log;
  readonly converge: (machine: MachineId, signal: AbortSignal) => Promise<void>;
  readonly notify: (id: string, signal: AbortSignal) => Promise<void>;
  /** Runs a job as a span of the trace that hinted at it. */
  readonly traces?: Pick<Traces, 'span'> | undefined;
  readonly concurrency?: Partial<Record<keyof JobData, number>>;
  /** When closing: jobs may end for so long, then they are aborted, and have as long again to do so. */
  readonly patienceMs?: number;
}

export interface Workers {
  /** How many machines wait and are looked at here. */
  figures(): QueueFigures;
  /** Has a machine looked at as if a hint had come through the queue, among closings. */
  readonly look: (machine: MachineId) => void;
  /** Takes no more jobs, lets those under way end, then aborts them; returns within twice `patienceMs`. */
  close(): Promise<void>;
}

const PATIENCE_MS = 5_000;
/** A chat that asks for more is asked again after this. */
const LONGEST_WAIT_MS = 10 * MINUTE_MS;

/**
 * Runs hints. A hint for a machine is over when its lane has it: no slow cloud keeps others' hints from being taken. A job that fails is logged and
 * dropped: the due index and the sweep bring back what is not done.
 */
export function startWorkers(options: WorkersOptions): Workers {
  const { url, prefix = 'drawbridge', log, concurrency, patienceMs = PATIENCE_MS, traces, ...handlers } = options;
  const connection = bullConnection(url, null);
  const stopping = new AbortController();
  const hands = { ...CONCURRENCY, ...concurrency };
  const lanes = new Lanes({ run: handlers.converge, log, hands: hands.converge, signal: stopping.signal });
  const start = <Name extends keyof JobData>(name: Name, handle: Handle<JobData[Name]>) => {
    const traced = (job: Job<JobData[Name]>, work: () => Promise<void>) => {
      const facts = { 'drawbridge.queue': name, 'drawbridge.tries': job.attemptsStarted };
      return traces ? traces.span('job', { from: job.data.trace, facts }, work) : work();
    };
    const process = (job: Job<JobData[Name]>, token?: string) => traced(job, () => run({ job, token, handle }, log));
    const worker = new Worker<JobData[Name]>(name, process, {
      connection: connection.redis,
      prefix: queuePrefix(prefix),
      concurrency: name === 'converge' ? TAKEN_AT_ONCE : hands[name],
      ...WORKER_OPTIONS,
    });
    logErrors(worker, log);
    return worker;
  };
  const workers = [
    start('converge', async ({ data, priority }) =>
      lanes.add(canonical(data.machine), priority === PRIORITY.close ? 'close' : 'open'),
    ),
    start('notify', (job, token) => notifyOrWait(job, token, handlers.notify(job.data.id, stopping.signal))),
  ];
  let closing: Promise<void> | undefined;
  return {
    figures: () => lanes.figures(),
    look: (machine) => lanes.add(machine, 'close'),
    close() {
      closing ??= closeAll(workers, lanes, stopping, patienceMs).finally(() => connection.end());
      return closing;
    },
  };
}

type Handle<Data> = (job: Job<Data>, token: string | undefined) => Promise<void>;

interface Running<Data> {
  readonly job: Job<Data>;
  readonly token: string | undefined;
  readonly handle: Handle<Data>;
}

/** What a chat does not take for now is tried again when it says so, and not before. */
async function notifyOrWait(job: Job, token: string | undefined, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    const ms = error instanceof JitError ? error.retryAfterMs : undefined;
    if (ms === undefined || token === undefined) throw error;
    await job.moveToDelayed(Date.now() + Math.min(ms, LONGEST_WAIT_MS), token);
    throw new DelayedError();
  }
}

async function run<Data>({ job, token, handle }: Running<Data>, log: Log): Promise<void> {
  try {
    await handle(job, token);
  } catch (error) {
    if (error instanceof DelayedError) throw error;
    log.warn({ job: job.id, data: job.data, error }, 'a job failed; what is not done is found again');
  }
}

function canonical(text: string): MachineId {
  const machine = parseMachineId(text);
  if (!machine) throw new Error('the job names no machine');
  return machine;
}

async function closeAll(
  workers: readonly Worker[],
  lanes: Lanes,
  stopping: AbortController,
  patienceMs: number,
): Promise<void> {
  const closed = Promise.all([lanes.close(), ...workers.map((worker) => worker.close())]);
  const patience = new AbortController();
  const impatient = (async () => {
    await wait(patienceMs, undefined, { signal: patience.signal });
    // By this name it is known for no bug: nobody is told of one because a process stops.
    stopping.abort(new DOMException('Drawbridge is stopping', 'AbortError'));
    await wait(patienceMs, undefined, { signal: patience.signal });
  })().catch(() => undefined);
  await Promise.race([closed, impatient]);
  patience.abort();
  stopping.abort();
}
