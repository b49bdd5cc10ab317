import type { Instant } from '../language/instant.ts';
import type { Machine } from '../machine/machine.ts';
import type { Person } from '../people/person.ts';
import type { Port } from '../rule/port.ts';

export interface Wish {
  readonly person: Person;
  /** Somebody else asks for it. */
  readonly isOnBehalf?: boolean;
  readonly machine: Machine;
  readonly ports: readonly Port[];
  readonly source: string;
  /** What stood for it where it was asked for by name. */
  readonly sourceName?: string;
  /** The source is the subnet of an Azure Bastion. */
  readonly isBastion: boolean;
  /** In all, from the first opening to the end. */
  readonly forMs: number;
  /** When it was first approved, where more time is asked for. */
  readonly since?: Instant;
  /** When the time begins, or began; absent: now. */
  readonly from?: Instant;
  /** Why; absent where it is not judged. */
  readonly because?: string;
  /** Are the machine's open sessions cut when a rule goes? */
  readonly cutsSessions: boolean;
  readonly now: Instant;
  /** Why they are not cut, where that is known. */
  readonly sessionsStay?: string;
}
