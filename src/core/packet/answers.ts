import { difference, intersection, type NumberSet } from './ranges.ts';

/**
 * Whether the answers to some sources find their way back. It says nothing of what is closed, as a packet that is delivered
 * has done its harm; but nobody can work with what is open and not answered.
 */
export interface Answered {
  readonly sources: NumberSet;
  readonly back: 'yes' | 'no' | 'unclear';
  /** Where they go, or what stops them, as the end of a sentence. */
  readonly because?: string;
}

const WORST: Readonly<Record<Answered['back'], number>> = { no: 2, unclear: 1, yes: 0 };

/** Two things that answers have to pass, one after the other: the worse of both counts. */
export function answeredBoth(a: readonly Answered[], b: readonly Answered[]): readonly Answered[] {
  return a.flatMap((one) =>
    b.flatMap((other) => {
      const sources = intersection(one.sources, other.sources);
      const worse = WORST[other.back] > WORST[one.back] ? other : one;
      return sources.length > 0 ? [{ ...worse, sources }] : [];
    }),
  );
}

/** A route with the addresses that it is for. */
export interface RouteFor {
  readonly set: NumberSet;
  readonly answers: Omit<Answered, 'sources'>;
}

/** The longest prefix decides, so routes come with the most particular first; what no route is for has no way back. */
export function answeredByRoutes(routes: readonly RouteFor[], all: NumberSet, none: string): readonly Answered[] {
  const parts: Answered[] = [];
  let left = all;
  for (const { set, answers } of routes) {
    const sources = intersection(left, set);
    if (sources.length > 0) parts.push({ sources, ...answers });
    left = difference(left, sources);
  }
  return left.length > 0 ? [...parts, { sources: left, back: 'no', because: none }] : parts;
}
