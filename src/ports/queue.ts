import type { MachineId } from '../core/machine/machine.ts';
import type { QueueFigures } from './figures.ts';

/** Hints that make things prompt. Losing one costs seconds, doubling one nothing: the due index holds the truth. */
export interface Queue {
  /** Look at these machines now. `key` tells one occasion from another (a request's id and version, the claim's instant). */
  converge(machines: readonly MachineId[], key: string, urgency: Urgency): Promise<void>;
  /**
   * Publish the newest state of these requests. One that waits, or runs, with the same `occasion` is not added again: the
   * sweep names its own, or the job of a process that died would swallow the hint.
   */
  notify(requests: readonly { readonly id: string; readonly version: number }[], occasion?: string): Promise<void>;
  /** How much waits, for operators; absent where nobody counts. Throws `storeAway`. */
  figures?(): Promise<readonly QueueFigures[]>;
}

/** Closing goes before everything else that waits. */
export type Urgency = 'close' | 'open';
