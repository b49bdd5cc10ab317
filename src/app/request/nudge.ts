import { JitError } from '../../core/errors/errors.ts';
import { aboutText, durationText } from '../../core/language/duration.ts';
import type { Person } from '../../core/people/person.ts';
import { NUDGE_MS, nudgeableAt, nudged } from '../../core/request/nudge.ts';
import { offerOf } from '../../core/request/offering.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { openQuestions } from '../../core/request/question.ts';
import { isInForce, isWaiting, type Request } from '../../core/request/request.ts';
import type { Who } from '../../core/request/review.ts';
import type { Deps } from '../deps.ts';
import { commit } from '../machine/commit.ts';
import { whatHappened } from './answers.ts';

/** Reminds those who are asked, once in a while: the requester alone. Throws `notYours`, `nudgedLately`, and what became of it. */
export async function nudge(deps: Deps, person: Person, id: string): Promise<Request> {
  const isAnybodyThere = await stillThere(deps, id);
  return commit(deps, id, (request, { at }) => {
    if (!isTheirs(request, person.id)) throw new JitError('notYours', { who: request.requester.name });
    if (!isWaiting(request) || !(request.status === 'pending' || isInForce(request))) throw whatHappened(request);
    const open = openQuestions(request).at(-1);
    const by = open?.by ?? offerOf(request)?.by;
    if (by)
      throw new JitError('yourTurn', { what: `${by.name} ${open ? 'asked you something' : 'would approve less'}` });
    if (!request.asked.some(isAnybodyThere)) {
      const policy = request.policies.join(' and ');
      throw new JitError('noApprover', { policy, needs: 1, have: 0 });
    }
    const next = nudgeableAt(request);
    if (at < next) throw new JitError('nudgedLately', { every: durationText(NUDGE_MS), left: aboutText(next - at) });
    return { next: nudged(request, at, person.id), event: 'nudged', by: person.id };
  });
}

/** Who of those who are asked may still be reached; of whom nobody can tell is there. */
async function stillThere(deps: Deps, id: string): Promise<(who: Who) => boolean> {
  const { request } = await deps.store.load(id);
  const gone = await Promise.all(
    (request?.asked ?? []).map(async (one) => {
      try {
        const known = await deps.directory.byId(one.id);
        return known && !known.disabled ? [] : [one.id];
      } catch {
        return [];
      }
    }),
  );
  const left = new Set(gone.flat());
  return (one) => !left.has(one.id);
}
