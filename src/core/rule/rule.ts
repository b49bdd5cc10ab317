import type { Instant } from '../language/instant.ts';
import type { MachineId } from '../machine/machine.ts';
import type { Port } from './port.ts';
import type { Way } from './reach.ts';

/** What a lease allows: one port of one machine, from one source (canonical CIDR, see source.ts). */
export interface Rule {
  readonly machine: MachineId;
  readonly port: Port;
  readonly source: string;
}

/**
 * One concrete spot that a rule is written to. It is kept in the lease before the cloud is called, and closing works on
 * it alone: the machine may have changed or gone since.
 */
export interface Placement {
  readonly rule: Rule;
  /** Which product writes it: `defender`, `securityGroup`, … The adapter that made the placement knows. */
  readonly backend: string;
  /** What is edited: JIT policy id, security group id, NSG id. */
  readonly at: string;
  /** The cloud's id of the written rule, once known. */
  readonly id?: string;
  /** The locks to hold while it is edited. Several machines may share one. */
  readonly locks: readonly string[];
  /** What only the adapter that made it understands (JSON). */
  readonly detail?: Readonly<Record<string, string | readonly string[]>>;
}

/** The same for the same spot, whatever is known of it since: what a mark signs, and what indexes use. */
export function placementKey(placement: Placement): string {
  const { rule } = placement;
  return [placement.backend, placement.at, rule.machine, rule.port.protocol, rule.port.number, rule.source].join('|');
}

/** A rule found in a cloud that bears a mark of ours, or stands where only we write. */
export interface MarkedRule {
  readonly placement: Placement;
  /** `valid`: signed by us for exactly this placement. Anything else is closed and reported where it is ours by place. */
  readonly mark: 'valid' | 'missing' | 'wrong';
  /** The end that a valid mark carries. */
  readonly until?: Instant;
  /** The requests that the cloud's own records name for it, where they name any. For people: nothing is judged by it. */
  readonly requests?: readonly string[];
  /** The product cannot shorten the end of a rule it wrote (Defender): a later end than wanted is left as it is. */
  readonly fixedEnd?: boolean;
  /** Where to connect, when it is not the machine's own address and port. */
  readonly connect?: string;
}

/** A rule of somebody else that opens a port of the machine. */
export interface StandingRule extends Way {
  readonly port: Port;
  readonly source: string;
}

/** Is a port reachable, our own rules left aside? */
export interface EffectivePort {
  readonly port: Port;
  readonly state: 'open' | 'closed' | 'unknown';
  /** The rule that decides, when open; why nobody can tell, when unknown. */
  readonly through?: string;
  /** Whom that rule lets in, when open and known. */
  readonly source?: string;
}

/** What one reading of the cloud showed of one machine and some placements. */
export interface Observed {
  readonly ours: readonly MarkedRule[];
  readonly others: readonly StandingRule[];
  readonly effective: readonly EffectivePort[];
  /** The cloud's own clock (its `Date` header), where the reply had one. */
  readonly cloudNow?: Instant;
}
