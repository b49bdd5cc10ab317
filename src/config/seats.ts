import type { Approver, Stage } from '../core/policy/stage.ts';

/** Who a word can only be, as words that mean one human each; undefined where it may be anybody. */
export type Humans = (word: Approver) => readonly string[] | undefined;

/** A seat that only certain people can take. */
interface Seat {
  readonly at: number;
  readonly humans: readonly string[];
}

const MOST_NAMED = 5;

/** A word that means one human, whoever asks. */
export function oneHuman(word: Approver): readonly string[] | undefined {
  return /^person:|^manager$|^managersManager$/.test(word) ? [word] : undefined;
}

/**
 * The first of the stages of one policy that nobody can ever fill, and why, for the end of a sentence: one human counts once in
 * a whole request. Undefined where there is none, as far as these words tell.
 */
export function neverFilled(
  stages: readonly (Stage | undefined)[],
  humans: Humans,
): { readonly at: number; readonly message: string } | undefined {
  const taken = new Map<string, Seat>();
  for (const [at, stage] of stages.entries()) {
    const free = new Set<string>();
    const failed = seatsOf(stage, at, humans).filter((seat) => {
      const seen = new Set<string>();
      if (sit(seat, taken, seen)) return false;
      for (const id of seen) free.add(id);
      return true;
    });
    if (failed.length > 0) return { at, message: textOf(at, failed.length, [...free], taken) };
  }
  return undefined;
}

function seatsOf(stage: Stage | undefined, at: number, humans: Humans): readonly Seat[] {
  const { seats = [], later = [], rungs = [] } = stage ?? {};
  const late = [...later, ...rungs.flatMap(({ to }) => to)];
  return seats.flatMap((words) => {
    const each = [...words, ...late].map(humans);
    return each.includes(undefined) ? [] : [{ at, humans: [...new Set(each.flatMap((ids) => ids ?? []))] }];
  });
}

/** Gives a seat to somebody, who may have to make room for it in another one that somebody else can take. */
function sit(seat: Seat, taken: Map<string, Seat>, seen: Set<string>): boolean {
  return seat.humans.some((id) => {
    if (seen.has(id)) return false;
    seen.add(id);
    const other = taken.get(id);
    if (other && !sit(other, taken, seen)) return false;
    taken.set(id, seat);
    return true;
  });
}

/** Those who could take a seat that nobody takes all sit somewhere else: these seats are too many for them. */
function textOf(at: number, failed: number, people: readonly string[], taken: ReadonlyMap<string, Seat>): string {
  const before = [...new Set(people.flatMap((id) => taken.get(id)?.at ?? []))].filter((one) => one !== at).sort();
  const needs = people.length + failed;
  const more = people.length > MOST_NAMED ? ` and ${people.length - MOST_NAMED} more` : '';
  const have = people.length === 0 ? 'nobody' : `only ${people.slice(0, MOST_NAMED).join(', ')}${more}`;
  const stages = before.length === 0 ? 'it' : `with stage ${before.map((one) => one + 1).join(' and ')}, it`;
  const once = people.length === 0 ? '' : '; one person counts once in a whole request';
  return `can never be filled: ${stages} needs ${needs} ${needs === 1 ? 'person' : 'people'}, and there is ${have}${once}`;
}
