import { BEGINNING, type ChainEnd } from '../../core/evidence/chain.ts';
import type { Instant } from '../../core/language/instant.ts';
import type { EvidenceRoom } from '../../ports/evidence-room.ts';
import type { Sink } from '../../ports/sink.ts';
import type { Deps } from '../deps.ts';
import { batchBehind } from './batch.ts';

/** Checkpoints that are looked at with one question. */
const AT_ONCE = 500;

/** How many records went out again, and how many of that time the store does not have any more. */
export interface PostedAgain {
  readonly records: number;
  readonly lost: number;
}

/**
 * Gives a sink once more what was recorded at or after an instant, in order. How far the sink is stays as it is: what is brought to it
 * meanwhile may come in between. Throws where the sink does not take something.
 */
export async function replay(
  deps: Pick<Deps, 'audit'>,
  { chain, installation }: Pick<EvidenceRoom, 'chain' | 'installation'>,
  { sink, since, signal }: { readonly sink: Sink; readonly since: Instant; readonly signal: AbortSignal },
): Promise<PostedAgain> {
  let [from, records, lost]: [ChainEnd, number, number] = [BEGINNING, 0, 0];
  for (;;) {
    const next = await chain.after(from.index, AT_ONCE);
    if (next.length === 0) return { records, lost };
    for (const to of next) {
      signal.throwIfAborted();
      // What is chained is older than the head behind it.
      if (to.at >= since) {
        const { links, missing } = await batchBehind(deps, from, to);
        const wanted = links.filter(({ at }) => at >= since);
        if (wanted.length > 0) await sink.write({ installation, from, links: wanted, note: to.note }, signal);
        records += wanted.length;
        for (const [first, last] of missing) lost += last - first + 1;
      }
      from = to;
    }
  }
}
