import type { Machine } from './machine.ts';

/** What becomes of a packet at one thing that it meets, and by which rule. */
export interface TraceStep {
  /** `network security group web-nsg`, `answers`. */
  readonly at: string;
  readonly passing: 'passes' | 'stopped' | 'unknown';
  /** The rule that decides there, or why nobody can tell; the end of a sentence. */
  readonly because: string;
  /** Of what stops it: what would let it through, and whether Drawbridge does that. A sentence. */
  readonly remedy?: string;
}

/** One way to a port, with all that is met on it, in order. */
export interface TracedWay {
  /** `10.0.0.4, over the network`. */
  readonly to: string;
  readonly steps: readonly TraceStep[];
}

/** What a packet from one source meets on its way to a port of a machine, as everything is now. */
export interface Trace {
  readonly machine: Machine;
  /** Ways that this source can come by; none, when there is none. */
  readonly ways: readonly TracedWay[];
}

export type Traced = 'open' | 'blocked' | 'unknown';

/** One thing that stops it is enough, and one that nobody can tell of. */
export function tracedAs({ steps }: TracedWay): Traced {
  if (steps.some(({ passing }) => passing === 'stopped')) return 'blocked';
  return steps.some(({ passing }) => passing === 'unknown') ? 'unknown' : 'open';
}

const BEST: readonly Traced[] = ['open', 'unknown', 'blocked'];

/** The way that lets most through comes first: of blocked ones that where the least would have to change. */
export function bestFirst(ways: readonly TracedWay[]): readonly TracedWay[] {
  const stops = ({ steps }: TracedWay) => steps.filter(({ passing }) => passing === 'stopped');
  const changes = (way: TracedWay) => new Set(stops(way).map(({ remedy }) => remedy)).size;
  return ways.toSorted(
    (a, b) =>
      BEST.indexOf(tracedAs(a)) - BEST.indexOf(tracedAs(b)) ||
      changes(a) - changes(b) ||
      stops(a).length - stops(b).length ||
      a.to.localeCompare(b.to),
  );
}
