import type { Port } from '../core/rule/port.ts';

/** One more witness of what is open: a connection from where the program runs. */
export interface Witness {
  /**
   * The first of these addresses where a TCP connection succeeds, twice, a second apart; nothing is sent. It is open to this
   * computer then, and to nobody else for sure; that none succeeds proves nothing. Takes a few seconds at most, and never throws.
   */
  reached(addresses: readonly string[], port: Port, signal: AbortSignal): Promise<string | undefined>;
}
