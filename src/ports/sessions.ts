import type { MachineId } from '../core/machine/machine.ts';
import type { PortCut } from '../core/request/cut.ts';
import type { Port } from '../core/rule/port.ts';

/** Rare power of a cloud: it can be told to cut what came in through a rule and goes on without it. */
export interface Sessions {
  /**
   * Tells the machine to cut the TCP connections of one source to these ports, or says what came of that. It never waits for
   * the machine: while it is under way it is asked again, with the command. The same token never begins twice, as far as the
   * cloud shows what was begun. `beforeCall` is called right before the machine is told, and throws when it must not be. Throws `sessionsStay` with the reason where nothing came of it; another token may.
   */
  cut(ask: CutAsk, signal: AbortSignal, beforeCall: () => void): Promise<CutReply>;
}

export interface CutAsk {
  readonly machine: MachineId;
  /** Canonical CIDR. */
  readonly source: string;
  /** TCP alone. */
  readonly ports: readonly Port[];
  /** The same for the same try: 40 characters at most. */
  readonly token: string;
  /** The cloud's id of what is under way, once it is known. */
  readonly command?: string;
}

export type CutReply =
  | { readonly state: 'under way'; readonly command: string }
  /** Read back on the machine. */
  | { readonly state: 'done'; readonly ports: readonly PortCut[] };
