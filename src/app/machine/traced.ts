import { owes } from '../../core/request/owes.ts';
import type { Request } from '../../core/request/request.ts';
import type { SpanFacts } from '../../ports/traces.ts';
import type { Deps } from '../deps.ts';

/** Links of one span at most: whoever reads a trace wants to see why it happened, not all of it. */
const MOST_LINKS = 20;

/**
 * What is done on a machine belongs to the traces of the clicks that led to it, whichever process does it, and however often it begins
 * anew: the first request that something is owed to is its parent, the others are linked.
 */
export function tracedFor<T>(
  { traces }: Pick<Deps, 'traces'>,
  requests: readonly Request[],
  work: () => Promise<T>,
): Promise<T> {
  if (!traces) return work();
  const owed = requests.filter((request) => request.trace !== undefined && owes(request) !== undefined);
  const [first, ...others] = owed;
  if (!first) return work();
  const facts: SpanFacts = { 'drawbridge.machine': first.machine, 'drawbridge.request': first.id };
  const links = others.slice(0, MOST_LINKS).flatMap(({ trace }) => trace ?? []);
  return traces.span('machine', { from: first.trace, others: links, facts }, work);
}
