import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { failed } from '../../core/request/closing.ts';
import { denied } from '../../core/request/life.ts';
import { extensionOf, isInForce, type Request } from '../../core/request/request.ts';
import { COMMAND_LINE, type Who } from '../../core/request/review.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { takeLive } from '../live.ts';
import type { Decision } from '../machine/commit.ts';
import { commitEach } from '../machine/commit-each.ts';

/** Requests that are looked through in one round. */
const MOST = 50_000;
/** How many people are asked about at a time: the directory has other work. */
const AT_ONCE = 4;
const OURS = { id: 'drawbridge', name: 'Drawbridge' };

/** Disabled, or not there (any more). */
type State = 'disabled' | 'absent' | 'here';

/**
 * Ends what people hold who left: a request that waits is refused, and access is closed at once, whether whoever requested it
 * or whoever approved it is disabled or gone. One answer that somebody is not there is not believed: it takes two rounds.
 * Of whom nobody can tell nothing is ended. Gives how many requests were ended.
 */
export function leaversOf(deps: Deps): (signal: AbortSignal) => Promise<number> {
  let absentBefore: ReadonlySet<string> = new Set();
  return async (signal) => {
    if (deps.rules.leaver === 'keep') return 0;
    const held = await takeLive(deps.store, MOST, (one) =>
      one.status === 'pending' || one.status === 'scheduled' || isInForce(one)
        ? [{ id: one.id, people: peopleIn(one) }]
        : [],
    );
    const states = await statesOf(deps, [...new Set(held.flatMap(({ people }) => people.map(({ id }) => id)))], signal);
    const absent = new Set([...states].filter(([, state]) => state === 'absent').map(([id]) => id));
    const hasLeft = ({ id }: Who) => states.get(id) === 'disabled' || (absent.has(id) && absentBefore.has(id));
    const ending = held.filter(({ people }) => people.some(hasLeft));
    absentBefore = absent;
    let ended = 0;
    const ids = ending.map(({ id }) => id);
    const decide = (request: Request, { at }: Now) => {
      const who = peopleIn(request).find(hasLeft);
      const decision = who && decisionOn(request, who, at);
      if (decision) ended += 1;
      return decision;
    };
    await commitEach(deps, ids, decide, signal);
    if (ended > 0) deps.log.warn({ ended }, 'what people held who left was ended');
    return ended;
  };
}

/** Whoever requested it, and whoever approved it so far where that lets anybody in, with whom they approved it for. */
function peopleIn(request: Request): readonly Who[] {
  const isLetIn = request.status === 'scheduled' || isInForce(request);
  const reviews = isLetIn ? [...request.reviews, ...(extensionOf(request)?.reviews ?? [])] : [];
  const approvers = reviews.flatMap(({ verdict, by, ...one }) =>
    verdict === 'approve' ? [by, ...(one.for ? [one.for] : [])] : [],
  );
  const asker = request.askedBy && !isInForce(request) ? [request.askedBy] : [];
  return [request.requester, ...asker, ...approvers].filter(({ id }) => id !== COMMAND_LINE && id !== OURS.id);
}

function decisionOn(request: Request, { name }: Who, at: Instant): Decision | undefined {
  const error = new JitError('leaver', { name });
  const about = { by: OURS.id, text: error.code };
  if (request.status === 'pending' || request.status === 'scheduled') {
    const review = { by: OURS, at, verdict: 'deny' as const, reason: error.say };
    return { next: denied(request, review), event: 'denied', ...about };
  }
  return isInForce(request) ? { next: failed(request, error, at), event: 'failed', ...about } : undefined;
}

/** As they are now; absent for those of whom nobody can tell. */
async function statesOf(
  { directory, log }: Deps,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, State>> {
  const states = new Map<string, State>();
  let untold: unknown;
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    signal.throwIfAborted();
    await Promise.all(
      ids.slice(from, from + AT_ONCE).map(async (id) => {
        try {
          const person = await directory.byId(id);
          states.set(id, person ? (person.disabled ? 'disabled' : 'here') : 'absent');
        } catch (error) {
          untold = error;
        }
      }),
    );
  }
  if (untold) log.warn({ error: untold }, 'of some people nobody can tell whether they left');
  return states;
}
