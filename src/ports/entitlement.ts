import type { MachineId } from '../core/machine/machine.ts';
import type { Person } from '../core/people/person.ts';

/** Says whether a cloud itself would let a person ask for access to a machine. */
export interface Entitlement {
  /** Resolves when it would. Throws what is against it (kind `denied`), or that it cannot be told (`unjudged`, `busy`): both refuse. */
  mayRequest(person: Person, machine: MachineId, signal: AbortSignal): Promise<void>;
}
