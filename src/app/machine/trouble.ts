import { isGivenUp, JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import type { Deps } from '../deps.ts';

/** What is not a JitError is a bug of ours: logged in full, said as one, and tried again. */
export function asJitError(
  deps: Deps,
  error: unknown,
  about: { readonly id: string; readonly machineName: string },
): JitError {
  if (error instanceof JitError) return error;
  if (isGivenUp(error)) return new JitError('cloudSilent', { cloud: say`The cloud` }, { cause: error });
  deps.log.error({ error, request: about.id }, 'an unexpected error in converge');
  return new JitError('bug', { reference: about.id }, { cause: error });
}
