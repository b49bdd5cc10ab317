import fc from 'fast-check';

/** Throws of one generated world. All zeros is the plainest one, towards which a world that fails is made smaller. */
export interface Dice {
  /** One of some things; the first is the plainest. */
  readonly pick: <T>(things: readonly T[]) => T;
  /** True once in so many times. */
  readonly once: (times: number) => boolean;
  /** From none to `most` things, few rather than many. */
  readonly some: <T>(most: number, one: (i: number) => T) => readonly T[];
}

const THROWS = 500;

export function diceOf(tape: Uint8Array): Dice {
  let at = 0;
  const next = () => {
    at += 1;
    return tape[at - 1] ?? 0;
  };
  const pick = <T>(things: readonly T[]): T => {
    const thing = things[next() % things.length];
    if (thing === undefined) throw new Error('nothing to pick from');
    return thing;
  };
  return {
    pick,
    once: (times) => next() % times === times - 1,
    some: (most, one) => Array.from({ length: next() % (most + 1) }, (_, i) => one(i)),
  };
}

export const anyTape = fc.uint8Array({ minLength: THROWS, maxLength: THROWS });

/** What may be true of one thing that is not known, each as a change of the truth. */
export type Alternatives<T> = readonly ((truth: T) => T)[];

/** Every way in which the unknown things may really be; not all of them (`isComplete`) where there are too many. */
export function truthsOf<T>(plain: T, unknowns: readonly Alternatives<T>[], most: number) {
  let truths: readonly T[] = [plain];
  let isComplete = true;
  for (const alternatives of unknowns) {
    const next = truths.flatMap((truth) => alternatives.map((change) => change(truth)));
    isComplete &&= next.length <= most;
    // Evenly from all of them, so that each alternative of each unknown stays in.
    truths = next.length <= most ? next : next.filter((_, i) => (i * most) % next.length < most);
  }
  return { truths, isComplete };
}
