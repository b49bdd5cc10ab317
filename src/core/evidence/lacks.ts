import type { Instant } from '../language/instant.ts';
import { CLOCK_MS } from './files.ts';
import type { ChainedEntry } from './population.ts';
import type { ChainVerdict } from './verdict.ts';

const MOST_BACKS = 5;

interface Period {
  readonly from: Instant;
  readonly to: Instant;
  readonly verdict: ChainVerdict;
}

/** The chain may have no gap, and yet not tell of the whole period. */
export function lacksOf(entries: readonly ChainedEntry[], { from, to, verdict }: Period): readonly string[] {
  const [first, last] = [entries[0], entries.at(-1)];
  if (!first || !last) return ['There are no records.'];
  const isBefore = entries.every(({ at }) => at < from);
  const begins = first.index > 1 && first.at > from;
  return [
    ...(begins
      ? [`The first record is of ${timeText(first.at)}, after the period began: what was before it is not here.`]
      : []),
    ...(isBefore
      ? [`The last record is of ${timeText(last.at)}, before the period began: nothing here tells of it.`]
      : []),
    ...setBack(entries, { from, to }),
    ...unsigned(entries, { from, to, verdict }),
    ...(verdict.lost > 0 ? [`The store lost ${verdict.lost} entries before they were chained.`] : []),
  ];
}

/**
 * Where the clock went back, records bear a time that is none: of this period, if it went back from a time of it, or to one, or came
 * back to where it had been in it.
 */
function setBack(entries: readonly ChainedEntry[], { from, to }: Omit<Period, 'verdict'>): readonly string[] {
  const isIn = (at: Instant | undefined) => at !== undefined && at >= from && at < to;
  const backs = entries.flatMap(({ index, at }, i) => {
    const before = entries[i - 1]?.at ?? at;
    if (at >= before - CLOCK_MS) return [];
    const isMeant = isIn(before) || isIn(at) || isIn(entries.find((later, n) => n > i && later.at >= before)?.at);
    return isMeant ? [`${index}, from ${timeText(before)} to ${timeText(at)}`] : [];
  });
  if (backs.length === 0) return [];
  const more = backs.length > MOST_BACKS ? `, and ${backs.length - MOST_BACKS} more` : '';
  return [
    `The clock went back at record ${backs.slice(0, MOST_BACKS).join('; at record ')}${more}: nobody can tell which records around it are of the period.`,
  ];
}

/** Where nothing was recorded since the period ended, only a head that was kept elsewhere shows that the end was not cut off. */
export function ending(endsAt: Instant | undefined): readonly string[] {
  if (endsAt === undefined) return [];
  return [
    `the last record is of ${timeText(endsAt)}, before the period ends: only a head that was kept elsewhere (--anchor) can show that nothing came after it`,
  ];
}

/** What is in them may be an access, or the end of one. */
export function unreadable(count: number): readonly string[] {
  if (count === 0) return [];
  return [
    `${count} ${count === 1 ? 'record' : 'records'} cannot be read, and what they say is not here: they are damaged, or of a newer version of Drawbridge.`,
  ];
}

/** What no signed head covers yet, whoever can write there could have made. */
function unsigned(entries: readonly ChainedEntry[], { from, to, verdict }: Period): readonly string[] {
  const count = entries.filter(({ index, at }) => index > verdict.signed && at >= from && at < to).length;
  return count === 0
    ? []
    : [`${count} records of the period come after the last signed head: nothing proves them yet.`];
}

/** What whoever reads it has to take on trust, or cannot see. */
export function doubts({ erased, sealed }: ChainVerdict, isPinned: boolean): readonly string[] {
  return [
    ...(isPinned
      ? []
      : [
          'the keys that signed are those beside the files, which whoever wrote these could have changed: compare them with the ones that you were given, or name these (--key)',
        ]),
    ...(erased > 0
      ? [`${erased} parts about people were taken away: their names and words are not here, their IDs are`]
      : []),
    ...(sealed > 0
      ? [`${sealed} parts about people are sealed, and were not read: --people names the folder of their keys`]
      : []),
  ];
}

function timeText(at: Instant): string {
  return new Date(at).toISOString();
}
