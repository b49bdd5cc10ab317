import type { MachineId } from '../core/machine/machine.ts';

/** Rare power of a cloud: which machines have an address. */
export interface Addressed {
  /** Those that have it on an interface, private or public, as it was a minute ago at most. Private ranges repeat among networks. `address` is one canonical address. */
  addressed(address: string, signal: AbortSignal): Promise<AddressedMachines>;
}

export interface AddressedMachines {
  readonly machines: readonly MachineId[];
  /** The accounts, subscriptions, and regions that could not be read: there may be more. */
  readonly unread: readonly string[];
}
