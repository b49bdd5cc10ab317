import { phrased } from '../../core/language/text.ts';
import { isInForce } from '../../core/request/request.ts';
import { glassAlarmed, isAlarmOwed } from '../../core/request/reviewing.ts';
import { glassLines } from '../../core/view/glass.ts';
import { TONGUES } from '../../core/words/tongues.ts';
import type { Deps } from '../deps.ts';
import { commit } from '../machine/commit.ts';
import { owedReviews } from './reviews.ts';

/**
 * Tells of broken glass by every way that needs no chat, each once. What did not work is tried again at the next look, for as long as a
 * review is owed. Gives how many were told.
 */
export async function alarmOfGlass(deps: Deps, signal: AbortSignal): Promise<number> {
  const { ways = [] } = deps;
  if (ways.length === 0) return 0;
  const tongue = TONGUES[deps.rules.language ?? 'en'];
  let told = 0;
  for (const request of await owedReviews(deps)) {
    for (const way of ways.filter(({ name }) => isAlarmOwed(request, name))) {
      signal.throwIfAborted();
      try {
        const said = glassLines(request);
        const title = phrased(said.title, tongue);
        const lines = said.lines.map((one) => phrased(one, tongue));
        await way.tell({ id: `glass-${request.id}`, kind: 'break-glass', at: request.askedAt, title, lines }, signal);
        await commit(deps, request.id, (now) =>
          isAlarmOwed(now, way.name)
            ? { next: glassAlarmed(now, way.name), event: 'alarmed', by: 'drawbridge' }
            : undefined,
        );
        told += 1;
      } catch (error) {
        const { id } = request;
        deps.log.warn({ request: id, way: way.name, isOpen: isInForce(request), error }, 'an alarm was not taken');
      }
    }
  }
  return told;
}
