import type { Instant } from '../core/language/instant.ts';
import type { MachineId } from '../core/machine/machine.ts';
import type { AskedPage, Consent, ConsentPage } from '../core/policy/consent.ts';
import type { Port } from '../core/rule/port.ts';

/** Who protected a port of a machine last. */
export interface ProtectedBy {
  /** A person, a user of the command line, or the configuration with its entries. */
  readonly by: string;
  /** Of a person; absent where an older version kept it. */
  readonly id?: string;
  readonly through: 'person' | 'commandLine' | 'configuration';
  readonly at: Instant;
}

/** What is known of protections beside the clouds. It opens and closes nothing: lost, it is asked or shown again. */
export interface ProtectionRecords {
  /** Pages that people were asked to agree to, with who did. */
  pages(): Promise<readonly AskedPage[]>;
  /** Keeps a page; an agreement to it stays. */
  keepPage(page: ConsentPage): Promise<void>;
  /** Keeps who agreed to a page: the first one. */
  agree(code: string, consent: Consent): Promise<void>;
  dropPage(code: string): Promise<void>;
  /** By `protectionKey`. */
  protectedBy(): Promise<ReadonlyMap<string, ProtectedBy>>;
  /** Undefined: nobody, any more. */
  keepProtectedBy(machine: MachineId, ports: readonly Port[], who: ProtectedBy | undefined): Promise<void>;
}
