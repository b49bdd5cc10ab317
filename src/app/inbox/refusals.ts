import { capacityOf, factsOf } from '../../core/request/audited.ts';
import type { Request } from '../../core/request/request.ts';
import type { DecidingVerb } from '../../core/view/view.ts';
import { codeOf, note } from '../audit/act.ts';
import type { Deps } from '../deps.ts';

/** What somebody tries to decide: a request by its id, or whatever they typed. */
interface Tried {
  readonly verb: DecidingVerb;
  readonly request?: string;
  readonly typed?: string | undefined;
}

/**
 * Runs a decision; what was typed is told to `meaning` once it is known which request it means. A decision that is refused is
 * written to the audit, with who tried what, and the refusal goes on.
 */
export async function decision<T>(
  deps: Deps,
  { verb, request, typed = '' }: Tried,
  work: (meaning: (request: Request) => Request) => Promise<T>,
): Promise<T> {
  let id = request;
  const meaning = (meant: Request) => {
    id = meant.id;
    return meant;
  };
  try {
    return await work(meaning);
  } catch (error) {
    await refused(deps, { verb, typed, ...(id === undefined ? {} : { request: id }) }, error);
    throw error;
  }
}

async function refused(deps: Deps, { verb, request: id, typed }: Tried, error: unknown): Promise<void> {
  const { acting: by = 'drawbridge' } = deps;
  // A store that is silent leaves the audit silent too; the refusal is what the person must hear.
  const request =
    id === undefined
      ? undefined
      : await deps.store.load(id).then(
          ({ request: one }) => one,
          () => undefined,
        );
  const person = typeof by !== 'string' && 'person' in by ? by.person.id : '';
  const about = request
    ? { as: capacityOf(request, person), ...factsOf(request) }
    : { as: 'approver' as const, words: id ?? typed ?? '' };
  await note(deps, { event: verb, outcome: 'refused', by, ...about, code: codeOf(error) });
}
