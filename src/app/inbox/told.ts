import { type Code, JitError, sayOf } from '../../core/errors/errors.ts';
import type { Line } from '../../core/language/text.ts';
import { actorFields } from '../audit/log.ts';
import type { Deps } from '../deps.ts';

/** Words for the person; what is not ours is logged under the reference that they are given. */
export function told(deps: Deps, error: unknown): { readonly code: Code; readonly text: string; readonly line: Line } {
  const reference = Buffer.from(deps.random(5)).toString('hex');
  const said = sayOf(awayOf(deps, error) ?? error, reference);
  if (said.code === 'bug') deps.log.error({ error, reference }, 'an unexpected error while answering');
  else if (said.code === 'gaveUp' || said.code === 'storeRefuses')
    deps.log.error({ error, code: said.code }, 'what was asked for could not be done');
  else if (error instanceof JitError && error.kind === 'unjudged')
    deps.log.warn({ error }, 'refused, because it cannot be told');
  else deps.log.info({ ...(deps.acting ? actorFields(deps.acting) : {}), code: said.code }, 'answered with a refusal');
  return said;
}

/** While Redis cannot be written, an error that nobody expected is Redis's. */
function awayOf(deps: Deps, error: unknown): unknown {
  if (error instanceof JitError) return undefined;
  try {
    deps.mayOpen?.();
    return undefined;
  } catch (away) {
    return away;
  }
}
