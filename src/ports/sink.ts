import type { ChainEnd, Link } from '../core/evidence/chain.ts';

/** Records that belong together, with the signed head behind them. The same batch is always the same, however often it comes. */
export interface SinkBatch {
  readonly installation: string;
  /** What it comes behind. */
  readonly from: ChainEnd;
  readonly links: readonly Link[];
  /** A signed note of the last record's head. */
  readonly note: string;
}

/** A place that keeps the audit beyond the store. It gets every batch at least once, in order, at its own pace. */
export interface Sink {
  /** As the configuration calls it. */
  readonly name: string;
  /** It may lose records: nothing waits for it. */
  readonly isBestEffort?: true;
  /** Resolves once all of it is kept there. Throws where it is not, or nobody can tell: the same batch comes again. */
  write(batch: SinkBatch, signal: AbortSignal): Promise<void>;
  /** Where what it has ends; absent where it cannot tell. */
  end?(): Promise<ChainEnd | undefined>;
}
