import type { ChainEnd } from './chain.ts';
import type { AuditFault } from './fault.ts';

/** What the lines of audit files prove. */
export interface ChainVerdict {
  readonly records: number;
  readonly first: number;
  readonly end: ChainEnd | undefined;
  /** The last record that a signed head covers. */
  readonly signed: number;
  /** The keys that signed heads. */
  readonly keys: ReadonlySet<string>;
  readonly receipts: number;
  /** Entries that the store lost before they were chained. */
  readonly lost: number;
  /** Persons' parts that were taken away. */
  readonly erased: number;
  /** Persons' parts that no key here opens. */
  readonly sealed: number;
  /** The first of them. */
  readonly faults: readonly AuditFault[];
  /** What is no fault of the files: what the store lost, and what stands there twice. */
  readonly remarks: readonly string[];
  /** How many faults, and how many remarks, there are more than those. */
  readonly unlisted: { readonly faults: number; readonly remarks: number };
  /** The last record whose head was kept elsewhere, and is in the chain. */
  readonly anchored: number;
}
