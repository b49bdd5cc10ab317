import type { NoteSigner } from '../core/evidence/note.ts';
import type { Instant } from '../core/language/instant.ts';
import type { AuditChain } from './audit-chain.ts';
import type { PeopleKeys } from './people-keys.ts';
import type { PersonalPlace } from './personal.ts';
import type { Sink } from './sink.ts';

/** What it takes to chain the audit, and to keep it beyond the store. */
export interface EvidenceRoom {
  readonly installation: string;
  readonly chain: AuditChain;
  /** Signs heads and receipts. */
  readonly signer: NoteSigner;
  /** What its keys are called in the configuration, the one that signs first. */
  readonly keyNames: readonly string[];
  readonly sinks: readonly Sink[];
  /** Keys of people, and who was erased. */
  readonly people: PeopleKeys;
  /** Sinks from which something of people can be taken away. */
  readonly personal: readonly PersonalPlace[];
  /** What is older is deleted from sinks that can. */
  readonly keepMs: number;
  /** This computer's own clock. */
  readonly wall: () => Instant;
  /** So many entries stay in the store, whoever has them; absent: all. */
  readonly keep?: number;
}
