import type { MachineId } from '../core/machine/machine.ts';
import type { QueueFigures } from './figures.ts';

/** Hints that make things prompt. Losing one costs seconds, doubling one nothing: the due index holds the truth. */
export interface Queue {
  /** Look at these machines now. `key` tells one occasion from another (a request's id and version, the claim's instant). */
  converge(machines: readonly MachineId[], key: string, urgency: Urgency): Promise<void>;
  /**
   * Publish the newest state of these requests. One that waits, or runs, with the same `occasion` is not added again: the
   * sweep names its own, or the job of a process that died would swallow the hint. One that is `soon` may wait for a second: its
   * next state is on its way.
   */
  notify(requests: readonly NotifyHint[], occasion?: string): Promise<void>;
  /** How much waits, for operators; absent where nobody counts. Throws `storeAway`. */
  figures?(): Promise<readonly QueueFigures[]>;
}

export interface NotifyHint {
  readonly id: string;
  readonly version: number;
  readonly soon?: true;
}

/** Closing goes before everything else that waits. */
export type Urgency = 'close' | 'open';
