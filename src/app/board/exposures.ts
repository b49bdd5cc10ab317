import { type ExposureOverTime, exposureOf } from '../../core/board/exposure.ts';
import { type BoardFilter, filterText } from '../../core/board/filter.ts';
import { type BoardRow, isOwnRow } from '../../core/board/row.ts';
import type { RowTable, Slots } from '../../core/board/table.ts';
import { MINUTE_MS } from '../../core/language/instant.ts';
import type { ReadingRight } from '../../core/policy/readers.ts';
import type { Projected } from './projection.ts';
import type { Seat } from './seat.ts';

/** So many are remembered: what people look at, over and over. */
const MOST = 50;

interface Made {
  readonly version: number;
  readonly exposure: ExposureOverTime;
  /** One of somebody else, where one is among them: what is shown is evidence then. */
  readonly others: readonly BoardRow[];
}

/**
 * Exposure is made of every lease of a time. It is made once, in whole minutes, for whoever asks for the same, until something
 * changes or the minute is over.
 */
export class Exposures {
  readonly #made = new Map<string, Made>();

  of(
    { version, now, past: { table } }: Projected,
    { filter, seat }: { readonly filter: BoardFilter; readonly seat: Seat },
    slotsOf: (filter: BoardFilter) => Slots,
  ): Made {
    const whole = {
      ...filter,
      from: Math.floor(filter.from / MINUTE_MS) * MINUTE_MS,
      to: Math.ceil(filter.to / MINUTE_MS) * MINUTE_MS,
    };
    const { person, isAll, policies } = seat.right;
    const key = JSON.stringify([person, isAll, [...policies], filterText(whole), whole.from, whole.to]);
    const known = this.#made.get(key);
    if (known?.version === version) return known;
    const slots = slotsOf(whole);
    const exposure = exposureOf(table, slots, { from: whole.from, to: whole.to, now });
    const made = { version, exposure, others: othersAt(table, slots, seat.right) };
    this.#made.delete(key);
    this.#made.set(key, made);
    const [oldest] = this.#made.keys();
    if (this.#made.size > MOST && oldest !== undefined) this.#made.delete(oldest);
    return made;
  }
}

/** A row of somebody else, where one is among them. */
export function othersAt({ rows }: RowTable, slots: Slots, right: ReadingRight): readonly BoardRow[] {
  let other: BoardRow | undefined;
  slots((slot) => {
    const row = rows[slot];
    if (row && !isOwnRow(row, right)) other = row;
    return other !== undefined;
  });
  return other ? [other] : [];
}
