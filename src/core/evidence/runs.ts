import type { ChainEnd } from './chain.ts';
import type { Placed } from './entry.ts';

/** Records whose sequences follow one another: where each stands in the chain follows from the first. */
export interface Run {
  readonly epoch: number;
  /** Of the first one. */
  readonly sequence: number;
  readonly count: number;
}

type Place = Pick<Placed, 'epoch' | 'sequence'>;

/** The runs that records come in. */
export function runsOf(records: readonly Place[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { epoch, sequence } of records) {
    const last = runs.at(-1);
    if (last && last.epoch === epoch && last.sequence + last.count === sequence)
      runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ epoch, sequence, count: 1 });
  }
  return runs;
}

/** The one run that follows from where a batch begins and ends; undefined where there must be more of them, or a gap before it, or there may: between two epochs. */
export function runBetween(from: ChainEnd, to: ChainEnd): Run | undefined {
  const count = to.index - from.index;
  const isOne = from.epoch === to.epoch && from.sequence + count === to.sequence;
  return isOne ? { epoch: to.epoch, sequence: from.sequence + 1, count } : undefined;
}

/** Where a record stands in these runs, which come behind so many records; undefined of one that is in none of them. */
export function indexIn(runs: readonly Run[], behind: number, { epoch, sequence }: Place): number | undefined {
  let index = behind;
  for (const run of runs) {
    const n = sequence - run.sequence;
    if (run.epoch === epoch && n >= 0 && n < run.count) return index + n + 1;
    index += run.count;
  }
  return undefined;
}
