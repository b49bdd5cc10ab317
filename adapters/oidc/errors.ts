import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';

/** The provider could not be asked. */
export function away(cause: unknown): JitError {
  return new JitError('signInAway', {}, { cause });
}

const SILENT = new Set(['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM']);

/** What a sign-in failed by; what the provider or the token says is for the log alone. */
export function refused(error: unknown): JitError {
  if (error instanceof AuthorizationResponseError) {
    const why = error.error === 'access_denied' ? say`it was cancelled` : say`the provider refused it`;
    return new JitError('signInRefused', { why }, { cause: error });
  }
  if (error instanceof ResponseBodyError && error.status < 500)
    return new JitError('signInRefused', { why: say`the provider does not take it` }, { cause: error });
  if (error instanceof ClientError && !SILENT.has(error.code ?? ''))
    return new JitError('signInRefused', { why: say`what came back is not what was asked for` }, { cause: error });
  return away(error);
}
