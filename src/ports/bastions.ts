import type { MachineId } from '../core/machine/machine.ts';

/** Rare power of a cloud: it has jump hosts of its own. */
export interface Bastions {
  /** The Bastion that reaches a machine. `noBastion`, `severalBastions`, `machineGone`; what cannot be read is an error. */
  bastion(machine: MachineId, signal: AbortSignal): Promise<Bastion>;
}

export interface Bastion {
  readonly name: string;
  /** The prefix that its connections come from: its subnet. */
  readonly prefix: string;
}
