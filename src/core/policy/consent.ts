import { createHash } from 'node:crypto';
import { DAY_MS, type Instant } from '../language/instant.ts';
import type { LockdownPlan } from '../machine/lockdown.ts';
import type { Machine, MachineId } from '../machine/machine.ts';
import { type Port, portText } from '../rule/port.ts';
import type { StandingRule } from '../rule/rule.ts';

/** What an entry of the configuration would have closed on one machine, as it was read. */
export interface ClosingChange {
  readonly machine: Machine;
  readonly entry: string;
  readonly ports: readonly Port[];
  /** What opens these ports now. */
  readonly open: readonly StandingRule[];
  readonly plan: LockdownPlan;
}

/** One thing that would be closed on a machine, by the SHA-256 of all that a page says of it. */
export interface ConsentItem {
  readonly machine: MachineId;
  readonly digest: string;
}

/** A page of what the configuration wants closed, as people were shown it. */
export interface ConsentPage {
  readonly code: string;
  readonly entry: string;
  /** All that the page was about. */
  readonly machines: readonly MachineId[];
  /** What of it is still open. */
  readonly items: readonly ConsentItem[];
  readonly at: Instant;
}

/** Who agreed to a page, by the name that people know. */
export interface Consent {
  readonly by: string;
  readonly at: Instant;
}

export type AskedPage = ConsentPage & { readonly agreed?: Consent };

/** A page that nobody agreed to is shown again after so long; what somebody agreed to and could not be closed as well. */
export const CONSENT_MS = 7 * DAY_MS;

/** Each thing that would be closed with whom it affects: of two that differ in anything, both have to be seen. */
export function itemsOf({ machine, ports, plan }: ClosingChange): readonly ConsentItem[] {
  const list = ports.map(portText);
  return plan.remedies.map((remedy) => ({ machine: machine.id, digest: hash([machine.id, list, remedy], 16) }));
}

/** The same for the same state of the clouds. */
export function codeOf(changes: readonly ClosingChange[]): string {
  const said = changes.map(({ machine, ports, open, plan }) => [machine.id, machine.name, ports, open, plan]);
  return hash(said.toSorted(), 12);
}

function hash(value: unknown, letters: number): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, letters);
}
