import type { MachineId } from '../core/machine/machine.ts';

/** Rare power of a cloud: hears soon after somebody changed something around a machine. */
export interface Watcher {
  /**
   * Waits for news, for at most half a minute, and gives the protected machines that they are about; none when there were
   * none. News are hints: they may be lost, late, doubled or forged, so whoever hears them looks for themselves.
   */
  changed(signal: AbortSignal): Promise<readonly MachineId[]>;
}
