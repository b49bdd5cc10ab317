/** A part of a day, which says in which half of it an hour lies. */
export type DayPart = 'early' | 'morning' | 'afternoon' | 'late' | 'evening' | 'night';

const WORDS: ReadonlyMap<string, DayPart> = new Map([
  ['early', 'early'],
  ['late', 'late'],
  ...['morning', 'vormittag', 'morgens', 'vormittags'].map((word) => [word, 'morning'] as const),
  ...['afternoon', 'nachmittag', 'nachmittags'].map((word) => [word, 'afternoon'] as const),
  ...['evening', 'abend', 'abends'].map((word) => [word, 'evening'] as const),
  ...['night', 'nacht', 'nachts'].map((word) => [word, 'night'] as const),
]);

const NOON = 12 * 60;
/** Until then, an hour of a night is of the day that follows. */
const DAWN = 5 * 60;

export function dayPartOf(word: string): DayPart | undefined {
  return WORDS.get(word);
}

/**
 * The minutes of the day, or of the next one, that may be meant by one in that part: one where the two agree. `9:00` of an evening is nine in the
 * morning by its letters, and 21:00 to most; nobody can tell which of the two was the slip.
 */
export function minutesIn(part: DayPart, minute: number): readonly number[] {
  const isAfternoon = minute >= NOON;
  if (part === 'early' || part === 'morning') return isAfternoon ? [minute - NOON, minute] : [minute];
  if (part === 'afternoon') return isAfternoon ? [minute] : [minute, minute + NOON];
  // `tonight 12:00` is midnight to some, and `friday night 2:00` is Saturday.
  if (minute < DAWN) return [minute, minute + 2 * NOON];
  if (minute < NOON + 60) return [minute, minute + NOON];
  return [minute];
}

/** What is offered where that part of a day was said, and no hour. */
export function usualMinute(part: DayPart | undefined): number {
  if (part === 'afternoon') return 15 * 60;
  return part === 'late' || part === 'evening' || part === 'night' ? 18 * 60 : 9 * 60;
}
