import { headAfter, type Link, NO_HEAD } from './chain.ts';
import type { AuditFault } from './fault.ts';

type Where = Pick<AuditFault, 'file' | 'line'>;
type Stretch = Where & { readonly from: number; readonly to: number };

/** What is there before a record. */
interface Before {
  /** The head of the record before it, as its line or a signed note says it; undefined where neither is there. */
  readonly head: string | undefined;
  /** The last record before it in the files; undefined of the first one. */
  readonly last: number | undefined;
}

/**
 * Records that no signed head proves. One proves the records that lead to it without a gap, from the last one back: of those before a gap, it
 * proves none, whatever their own heads are, and the first one behind it only where the head before that is there.
 */
export function looseRecords() {
  const unproven: Stretch[] = [];
  /** Those that no signed head came behind yet. */
  let waiting: Stretch[] = [];
  /** The first ones behind a gap, by their number, and whether the head before them is there. */
  const breaks = new Map<number, { readonly read: Link; readonly isKnown: boolean }>();

  const wait = (index: number, where: Where) => {
    const last = waiting.at(-1);
    if (last?.to === index - 1) waiting[waiting.length - 1] = { ...last, to: index };
    else waiting.push({ ...where, from: index, to: index });
  };
  /** Of those up to there, the ones up to the last gap are proven by nothing. */
  const settle = (upTo: number, gap = 0) => {
    const behind = Math.max(gap, ...[...breaks.keys()].filter((index) => index <= upTo));
    const lost = breaks.get(behind)?.isKnown === false ? behind : behind - 1;
    unproven.push(...waiting.flatMap((one) => cut(one, 1, lost)));
    waiting = waiting.flatMap((one) => cut(one, upTo + 1, Number.POSITIVE_INFINITY));
    for (const index of breaks.keys()) if (index <= upTo) breaks.delete(index);
  };
  return {
    /** Why a record does not follow from the one before, or the next one not from it; undefined where they do, or nobody can tell. */
    against(read: Link, { head: before, last }: Before, where: Where): string | undefined {
      const { index, head } = read;
      const isKnown = before !== undefined && before !== NO_HEAD && head !== NO_HEAD;
      const isUnknown = !isKnown && (last !== undefined || head === NO_HEAD);
      if (isUnknown || index > (last ?? index) + 1) breaks.set(index, { read, isKnown });
      wait(index, where);
      if (isKnown && headAfter(before, read) !== head) return notFrom(index);
      // It may be what was lacking before the next one: they changed places.
      const next = breaks.get(index + 1)?.read;
      if (!next || [head, next.head].includes(NO_HEAD)) return undefined;
      breaks.delete(index + 1);
      return headAfter(head, next) === next.head ? undefined : notFrom(index + 1);
    },
    /** A signed head of this record is there, and is its own. */
    signed: (index: number) => settle(index),
    /** After the last line; `isCut`: heads were signed of later records. */
    faults(isCut: boolean): readonly AuditFault[] {
      settle(Number.POSITIVE_INFINITY, isCut ? Number.POSITIVE_INFINITY : 0);
      return joined(unproven).map(({ from, to, file, line }) => {
        const [which, as] = from === to ? [`record ${from} is`, 'it'] : [`records ${from} to ${to} are`, 'them'];
        const say = `nothing proves that ${which} as written: no signed head covers ${as}, as something was changed, or others beside ${as} are missing or not in their place`;
        return { file, line, index: from, what: 'missing', say };
      });
    },
  };
}

function notFrom(index: number): string {
  return `record ${index} does not follow from the one before: it, its place, or its time was changed`;
}

function cut(one: Stretch, least: number, most: number): readonly Stretch[] {
  const [from, to] = [Math.max(one.from, least), Math.min(one.to, most)];
  return from <= to ? [{ ...one, from, to }] : [];
}

/** In their order, those that touch as one. */
function joined(all: readonly Stretch[]): readonly Stretch[] {
  const out: Stretch[] = [];
  for (const one of all.toSorted((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && one.from <= last.to + 1) out[out.length - 1] = { ...last, to: Math.max(last.to, one.to) };
    else out.push(one);
  }
  return out;
}
