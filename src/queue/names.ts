import { createHash } from 'node:crypto';
import type { MachineId } from '../core/machine/machine.ts';
import type { Urgency } from '../ports/queue.ts';

/** The `traceparent` of what hinted at it, where that is traced. */
interface Traced {
  readonly trace?: string;
}

/** The two kinds of job, each a BullMQ queue of the same name. Data hold ids only: what is true is read when a job runs. */
export interface JobData {
  readonly converge: Traced & { readonly machine: MachineId };
  readonly notify: Traced & { readonly id: string };
}

/** Closing goes before everything else that waits. BullMQ: a lower number goes first. */
export const PRIORITY: Readonly<Record<Urgency, number>> = { close: 1, open: 2 };

/**
 * A job that is kept, even a failed one, makes BullMQ ignore the next one of the same id without a word: so none is kept.
 * What failed is found again through the due index.
 */
export const JOB_OPTIONS = { removeOnComplete: true, removeOnFail: true } as const;

/**
 * BullMQ's own settings bring a killed worker's job back after a minute and give it up at the second time. These bring it
 * back within 15 s, as often as it takes.
 */
export const WORKER_OPTIONS = { lockDuration: 10_000, stalledInterval: 5_000, maxStalledCount: 1_000 } as const;

/**
 * At once in one process: machines of one account or subscription, and cards. They mostly wait for a cloud or a chat, whose
 * adapters have limits of their own.
 */
export const CONCURRENCY: Readonly<Record<keyof JobData, number>> = { converge: 200, notify: 20 };
/** Hints for machines, which are only put into their lanes. */
export const TAKEN_AT_ONCE = 50;

/** Keys are `{prefix}:bull:<queue>:…`. The braces keep them in one slot of a Redis Cluster, which BullMQ needs. */
export function queuePrefix(prefix: string): string {
  return `{${prefix}}:bull`;
}

/** The same machine on the same occasion is one job. BullMQ allows no colon in an id. */
export function convergeId(machine: MachineId, key: string): string {
  const hash = createHash('sha256').update(machine).digest('base64url').slice(0, 16);
  return `converge-${hash}-${key.replaceAll(':', '-')}`;
}

/** The same state of a request on the same occasion is one job. */
export function notifyId(id: string, version: number, occasion = 'commit'): string {
  return `notify-${id}-${version}-${occasion}`;
}
