import type { ChainEnd } from '../core/evidence/chain.ts';
import type { Run } from '../core/evidence/runs.ts';
import type { Instant } from '../core/language/instant.ts';

/** A place in the chain up to which all records are one batch behind the checkpoint before: with what was signed there. */
export interface Checkpoint extends ChainEnd {
  /** When it was chained, by the store's time. */
  readonly at: Instant;
  /** A signed note (core/evidence/head.ts). */
  readonly note: string;
  /** How its records come, where that does not follow from the checkpoint before: some were lost before they were chained, or it has two epochs. */
  readonly runs?: readonly Run[];
}

/** How far a sink has come. */
export interface SinkState {
  readonly name: string;
  /** It got all up to there that the store had. */
  readonly index: number;
  /** The last record that it was given, where that is another one: the store had lost those behind it. */
  readonly has?: number;
  /** When that was kept last. */
  readonly at: Instant;
  /** It may lose records: nothing waits for it. */
  readonly isBestEffort?: true;
}

/** Where the chain of the audit stands, and who has how much of it. */
export interface AuditChain {
  /** Undefined before the first. */
  last(): Promise<Checkpoint | undefined>;
  /** The one at that place, while it is kept. */
  at(index: number): Promise<Checkpoint | undefined>;
  /** The last one that is kept at that place, or before it. */
  upTo(index: number): Promise<Checkpoint | undefined>;
  /** The next ones behind a place, in their order. */
  after(index: number, limit: number): Promise<readonly Checkpoint[]>;
  /** Adds one behind `from`. False where the chain does not end there: another process was faster. */
  add(from: number, next: Checkpoint): Promise<boolean>;
  sinks(): Promise<readonly SinkState[]>;
  /** A sink has all up to there. It goes back only where the sink lost what it had. */
  moved(sink: SinkState): Promise<void>;
  /** A sink is no more: nothing waits for it. */
  forget(name: string): Promise<boolean>;
  /**
   * Drops records that every sink has (but for those that may lose some), and that are older than the newest `keep` entries. Gives
   * how many there were. Without a sink it drops what is older.
   */
  trim(keep: number): Promise<number>;
  /** The public keys that signed heads, the oldest first. */
  keys(): Promise<readonly string[]>;
  /** True the first time. */
  addKey(vkey: string): Promise<boolean>;
}
