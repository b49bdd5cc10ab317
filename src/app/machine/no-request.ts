import { JitError } from '../../core/errors/errors.ts';
import { tidy } from '../../core/language/text.ts';
import { isRequestId } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';

/** That there is no such request: `unknownRequest`, or `requestLost` where the store went back once, and may have lost it then. */
export async function noRequest({ store }: Pick<Deps, 'store'>, typed: string, near?: string): Promise<JitError> {
  const at = isRequestId(typed) ? await store.wentBackAt() : undefined;
  if (at === undefined)
    return new JitError('unknownRequest', { typed: tidy(typed, 80) }, { choices: near === undefined ? [] : [near] });
  const when = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return new JitError('requestLost', { typed, when });
}

export function isNoRequest(error: unknown): boolean {
  return error instanceof JitError && (error.code === 'unknownRequest' || error.code === 'requestLost');
}
