import type { Machine } from '../machine/machine.ts';
import { tagOf } from '../machine/tags.ts';
import type { Port } from '../rule/port.ts';

/** What a drill may open: on machines that nobody needs, to an address that nobody has. */
export interface DrillRules {
  /** A machine must bear all of these tags. */
  readonly tags: Readonly<Record<string, string>>;
  readonly port: Port;
  /** Canonical CIDR of one address. */
  readonly source: string;
  readonly forMs: number;
  /** A last drill that is older is said by the doctor. */
  readonly everyMs: number;
}

export function isSandbox({ tags }: DrillRules, machine: Machine): boolean {
  return Object.entries(tags).every(([key, value]) => tagOf(machine, key) === value);
}

/** `drawbridge=sandbox`. */
export function tagText({ tags }: DrillRules): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
