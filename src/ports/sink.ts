import type { ChainEnd, Link } from '../core/evidence/chain.ts';
import type { SignedEnd } from '../core/evidence/signed-end.ts';
import type { Instant } from '../core/language/instant.ts';

/** Records that belong together, with the signed head behind them. The same batch is always the same, however often it comes. */
export interface SinkBatch {
  readonly installation: string;
  /** What it comes behind. */
  readonly from: ChainEnd;
  readonly links: readonly Link[];
  /** A signed note of the last record's head. */
  readonly note: string;
}

/** What nobody can tell of a place, and how to see it, in sentences. */
export interface CannotTell {
  readonly cannotTell: string;
}

/** A place that keeps the audit beyond the store. It gets every batch at least once, in order, at its own pace. */
export interface Sink {
  /** As the configuration calls it. */
  readonly name: string;
  /** It may lose records: nothing waits for it. */
  readonly isBestEffort?: true;
  /** A new one begins with what comes next, and not with all that there is. */
  readonly isNewsOnly?: true;
  /** Resolves once all of it is kept there. Throws where it is not, or nobody can tell: the same batch comes again. */
  write(batch: SinkBatch, signal: AbortSignal): Promise<void>;
  /** Where what it has ends; undefined where it has nothing. Absent where it cannot tell. */
  end?(signal?: AbortSignal): Promise<SignedEnd | undefined>;
  /**
   * Deletes what is older, and gives the record that the rest begins with where it deleted something; `tell` is given it before anything is
   * deleted. Absent where the place sees to that itself.
   */
  expire?(before: Instant, tell: (begins: number) => Promise<void>): Promise<number | undefined>;
  /** What is wrong with the place, in one sentence; undefined where nothing is. Absent where there is nothing to look at. */
  examine?(signal: AbortSignal): Promise<string | CannotTell | undefined>;
}
