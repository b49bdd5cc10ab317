import { type ChainEnd, headAfter, type Link, NO_HEAD } from './chain.ts';
import type { AuditFault } from './fault.ts';

type Where = Pick<AuditFault, 'file' | 'line'>;

/**
 * Records that the store was the last to have, behind others that somebody had deleted there: no head can be told for them, and up to the first
 * one behind them nothing proves what they say.
 */
export function looseRecords() {
  const runs: (Where & { readonly from: number; to: number })[] = [];
  const take = (index: number, where: Where) => {
    const last = runs.at(-1);
    if (last?.to === index - 1) last.to = index;
    else runs.push({ ...where, from: index, to: index });
  };
  return {
    /** Why a record does not follow from the head before it, where that is there; undefined where it does, or nobody can tell. */
    against(read: Link, before: ChainEnd['head'] | undefined, where: Where): string | undefined {
      const { index, head } = read;
      const isKnown = before !== undefined && before !== NO_HEAD;
      if (head === NO_HEAD && isKnown) return `record ${index} has no head, though the one before it is there`;
      if (head === NO_HEAD || before === NO_HEAD) return void take(index, where);
      if (!isKnown || headAfter(before, read) === head) return undefined;
      return `record ${index} does not follow from the one before: it, its place, or its time was changed`;
    },
    faults(): readonly AuditFault[] {
      return runs.map(({ from, to, file, line }) => {
        const which = from === to ? `record ${from} stands` : `records ${from} to ${to} stand`;
        const say = `${which} behind what the store had lost: no head was left for them, and nothing proves that they are as they were written`;
        return { file, line, index: from, what: 'missing', say };
      });
    },
  };
}
