import type { Instant } from '../core/language/instant.ts';
import type { MachineId } from '../core/machine/machine.ts';
import type { Port } from '../core/rule/port.ts';

/** Rare power of a cloud: its own records of traffic tell whether anybody came from a source. */
export interface UsageLog {
  /**
   * Was a packet from the source let in to one of these ports of the machine, from `from` until `until` or later? It reads so
   * much at most, and gives up when the signal aborts. Throws `cloudBusy`, `cloudDenied` and `cloudSilent`: ask again later.
   */
  used(ask: UsageAsk, signal: AbortSignal): Promise<UsageAnswer>;
}

export interface UsageAsk {
  readonly machine: MachineId;
  /** Canonical CIDR. */
  readonly source: string;
  readonly ports: readonly Port[];
  readonly from: Instant;
  readonly until: Instant;
  /** Redis's time now. */
  readonly now: Instant;
}

export type UsageAnswer =
  /** The first time that it was seen. */
  | { readonly is: 'seen'; readonly at: Instant }
  /** The records of the whole time are there, and none is of it. */
  | { readonly is: 'not seen' }
  /** The records may still come. */
  | { readonly is: 'not yet' }
  /** They never will. Why, in a few words: `flow log fl-0a1b has a gap`. */
  | { readonly is: 'untold'; readonly why: string };
