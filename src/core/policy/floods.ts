import { JitError } from '../errors/errors.ts';
import { MINUTE_MS } from '../language/instant.ts';

/** So many requests may be pending, open, or being closed at once. */
export interface FloodLimits {
  readonly person: number;
  readonly machine: number;
  readonly all: number;
}

export const FLOOD_LIMITS: FloodLimits = { person: 50, machine: 500, all: 50_000 };

/** So many new cards of their own does an approver get within `withinMs`; what comes besides is summed up in one message. */
export interface CardLimits {
  readonly most: number;
  readonly withinMs: number;
}

export const CARD_LIMITS: CardLimits = { most: 10, withinMs: 5 * MINUTE_MS };

/** So many places get a card of one request: each costs a message at each of its steps. */
export const MOST_PLACES = 25;

/** Why one more request would be one too many; undefined where it is not. It holds up no decision, closing, or extension. */
export function tooMany(
  { person, machine, all }: FloodLimits,
  most: FloodLimits,
  machineName: string,
): JitError | undefined {
  if (person >= most.person) return new JitError('tooManyOfYours', { most: String(most.person) });
  if (machine >= most.machine)
    return new JitError('tooManyOnMachine', { machine: machineName, most: String(most.machine) });
  return all >= most.all ? new JitError('tooManyRequests', { most: String(most.all) }) : undefined;
}
